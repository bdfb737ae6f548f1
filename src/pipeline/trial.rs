//! What only rendering shows of a host's templates: the pages are made, as far as the checkout alone
//! tells, and thrown away.

use jiff::Timestamp;

use super::{Checkout, edition};
use crate::rules::{Finding, Severity};
use crate::site::SiteError;

/// Makes the pages, and says which template stops that.
pub fn trial(checkout: &Checkout, now: Timestamp) -> Option<Finding> {
    let read = &checkout.templates;
    let stops = |finding: Finding| finding.severity == Severity::Error;
    if !read.is_used() || read.findings().any(stops) {
        return None;
    }
    match edition::trial(checkout, now) {
        Err(SiteError::Template(error)) => Some(read.finding(&error)),
        _ => None,
    }
}
