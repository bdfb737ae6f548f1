//! Tells hubs and apps that a feed has changed, so that they need not ask.
//!
//! Sources: WebSub (W3C, 23 January 2018), section 7, with the ping that the hubs in use understand;
//! Podping, "Podping.cloud HTTP API".

use crate::http::{Client, HttpError};
use crate::model::checkup::Check;
use crate::show::Settings;

/// An answer says little, and a page of a server that knows nothing of this is cut off.
const LIMIT: u64 = 64 << 10;

/// Tells those that the settings name. What fails is said and fails nothing. Blocks.
///
/// `token` is Podping's, by which it knows who may speak for feeds.
pub fn tell(client: &Client, settings: &Settings, token: Option<&str>) -> Vec<Check> {
    let feed = settings.feed_url();
    let form = |fields: &[(&str, &str)]| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let mut checks = Vec::new();
    if let Some(hub) = &settings.site.hub {
        let hub = hub.get_ref();
        let body = form(&[("hub.mode", "publish"), ("hub.url", &feed), ("hub.topic", &feed)]);
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let answer = client.post(hub, &headers, body.as_bytes(), LIMIT);
        checks.push(said("WebSub", hub, answer.map(|it| (it.status, it.is_success()))));
    }
    if let Some(podping) = &settings.site.podping {
        let (address, medium) = (podping.get_ref(), settings.show.medium.get_ref());
        let query = form(&[("url", &feed), ("reason", "update"), ("medium", medium)]);
        let headers: Vec<(&str, &str)> =
            token.into_iter().map(|token| ("Authorization", token)).collect();
        let answer = client.get_with(&format!("{address}?{query}"), &headers, LIMIT);
        checks.push(said("Podping", address, answer.map(|it| (it.status, it.is_success()))));
    }
    checks
}

fn said(name: &'static str, address: &str, answer: Result<(u16, bool), HttpError>) -> Check {
    let help = "nothing is lost: apps find the new feed when they next ask for it".to_owned();
    match answer {
        Ok((_, true)) => Check::fine(name, format!("{address} was notified")),
        Ok((status, false)) => {
            Check::weak(name, format!("{address} answered with status {status}"), help)
        }
        Err(error) => Check::weak(name, format!("{address} could not be notified: {error}"), help),
    }
}
