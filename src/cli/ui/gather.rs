//! What a command says of several shows, put together: a program gets one document, and a job one number.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// What was said so far, and of which show.
#[derive(Debug)]
pub struct Gather(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The show that has its turn.
    show: Option<String>,
    /// The shows' answers, in the order in which they came.
    answers: Vec<Value>,
    /// How many of them are of earlier turns.
    earlier: usize,
    numbers: BTreeMap<(&'static str, String), u64>,
}

impl Gather {
    /// Nothing so far.
    pub const fn new() -> Self {
        Self(Mutex::new(State {
            show: None,
            answers: Vec::new(),
            earlier: 0,
            numbers: BTreeMap::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The show that has its turn.
    pub fn show(&self) -> Option<String> {
        self.state().show.clone()
    }

    /// A show's turn begins.
    pub fn begin(&self, show: &str) {
        let mut state = self.state();
        state.show = Some(show.to_owned());
        state.earlier = state.answers.len();
    }

    /// Takes the answer of the show that has its turn; gives it back if none has.
    pub fn answer(&self, value: Value) -> Result<(), Value> {
        let mut state = self.state();
        if state.show.is_none() {
            return Err(value);
        }
        state.answers.push(value);
        Ok(())
    }

    /// Whether the show that has its turn has answered; nothing if none has its turn.
    pub fn has_answered(&self) -> Option<bool> {
        let state = self.state();
        state.show.is_some().then(|| state.answers.len() > state.earlier)
    }

    /// The show's turn ends with this exit code, which its answers say too.
    pub fn end(&self, code: u8) {
        let mut state = self.state();
        let (show, earlier) = (state.show.take(), state.earlier);
        for answer in &mut state.answers[earlier..] {
            answer["show"] = show.as_deref().into();
            answer["exitCode"] = code.into();
        }
    }

    /// All answers.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.state().answers)
    }

    /// Notes a number of the show that has its turn; gives the sum over all shows.
    pub fn number(&self, name: &'static str, number: u64) -> u64 {
        let mut state = self.state();
        let show = state.show.clone().unwrap_or_default();
        state.numbers.insert((name, show), number);
        state.numbers.iter().filter(|((of, _), _)| *of == name).map(|(_, number)| number).sum()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_show_s_answer_says_whose_it_is_and_how_it_ended() {
        let gather = Gather::new();
        let early = json!({ "error": 1 });
        assert_eq!(gather.answer(early.clone()), Err(early));
        assert_eq!(gather.has_answered(), None);
        for (show, code) in [("tide", 0), ("wind", 1)] {
            gather.begin(show);
            assert_eq!(gather.has_answered(), Some(false));
            assert_eq!(gather.answer(json!({ "of": show })), Ok(()));
            assert_eq!(gather.has_answered(), Some(true));
            gather.end(code);
        }
        assert_eq!(
            gather.take(),
            [
                json!({ "of": "tide", "show": "tide", "exitCode": 0 }),
                json!({ "of": "wind", "show": "wind", "exitCode": 1 })
            ]
        );
    }

    #[test]
    fn a_number_is_the_sum_over_shows_and_counts_each_once() {
        let gather = Gather::new();
        gather.begin("tide");
        assert_eq!(gather.number("plan", 3), 3);
        gather.begin("wind");
        assert_eq!((gather.number("plan", 4), gather.number("findings", 1)), (7, 1));
        gather.begin("tide");
        assert_eq!(gather.number("plan", 0), 4, "a later round counts instead of an earlier one");
    }
}
