//! The terminal, CI runners and signals: how commands speak and are spoken to.

pub mod actions;
pub mod carry_out;
pub mod findings;
pub mod gather;
pub mod listening;
pub mod progress;
pub mod shows;
pub mod stop;
pub mod term;
