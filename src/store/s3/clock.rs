//! The store's clock, by the `Date` of its answers (RFC 9110, section 6.6.1).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use jiff::{SignedDuration, Timestamp};

/// By how many seconds the store's clock is ahead of this machine's.
#[derive(Debug, Clone, Default)]
pub(super) struct StoreClock(Arc<AtomicI64>);

impl StoreClock {
    pub(super) fn ahead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }

    fn heard(&self, date: &str, now: Timestamp) {
        if let Ok(date) = DateTime::from_str(date, DateTimeFormat::HttpDate) {
            self.0.store(date.secs().saturating_sub(now.as_second()), Ordering::Relaxed);
        }
    }
}

impl Intercept for StoreClock {
    fn name(&self) -> &'static str {
        "StoreClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            self.heard(date, Timestamp::now());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_whose_clock_is_wrong_goes_by_the_store_s() {
        let clock = StoreClock::default();
        assert_eq!(clock.ahead(), SignedDuration::ZERO);
        clock.heard("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:44:37.9Z".parse().unwrap());
        assert_eq!(clock.ahead(), SignedDuration::from_secs(300));
        clock.heard("yesterday", Timestamp::UNIX_EPOCH);
        assert_eq!(clock.ahead(), SignedDuration::from_secs(300));
        clock.heard("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:50:07Z".parse().unwrap());
        assert_eq!(clock.ahead(), SignedDuration::from_secs(-30));
    }
}
