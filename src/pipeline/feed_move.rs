//! How far the feed's move to another address is.

use std::collections::BTreeSet;

use crate::http::{Client, HttpError, Response};
use crate::import::feed_move::{self, Answer, Identity, Step};
use crate::import::xml;

use super::import::MAX_PAGES;
use super::{Error, Options, load, trust};

/// Where a move stands.
#[derive(Debug)]
pub struct Move {
    /// The feed's new address.
    pub to: String,
    /// What belongs to a move, done or not, in order.
    pub steps: Vec<Step>,
}

/// Asks both addresses what they serve.
///
/// # Errors
///
/// The show cannot be read, its feed is at the address `from` already, or an address is none.
pub fn look(options: &Options, from: &str) -> Result<Move, Error> {
    let show = load::show(&options.root)?;
    let to = show.settings.feed_url();
    if to == from {
        return Err(Error::usage(format!("the show's feed is at {to} already")).help(
            "give the old address here, and the new one in onair.toml (site.url, site.feed)",
        ));
    }
    let client = Client::reaching(trust::reach(options, &show.settings).and(from));
    let (old, new) = (ask(&client, from)?, ask(&client, &to)?);
    let steps = feed_move::steps(&show.settings, from, &old, &new);
    Ok(Move { to, steps })
}

fn ask(client: &Client, url: &str) -> Result<Answer, Error> {
    let answer = match client.get_unredirected(url, xml::MAX_BYTES) {
        Ok(answer) => answer,
        Err(error @ HttpError::BadAddress) => {
            return Err(Error::usage(format!("{url}: {error}")));
        }
        Err(error) => return Ok(Answer::Nothing(error.to_string())),
    };
    Ok(match (answer.status, answer.header("location")) {
        (300..400, Some(to)) => Answer::redirect(answer.status, url, to),
        _ => read(client, url, &answer).map_or_else(Answer::Nothing, Answer::Feed),
    })
}

/// The feed, with the older episodes that stand on pages of their own.
fn read(client: &Client, url: &str, answer: &Response) -> Result<Identity, String> {
    let mut feed = page(url, answer)?;
    let mut seen = BTreeSet::from([url.to_owned()]);
    while let Some(next) = feed.further.take()
        && seen.len() < MAX_PAGES
        && feed.bytes < xml::MAX_BYTES
        && seen.insert(next.clone())
    {
        let answer = client.get(&next, xml::MAX_BYTES).map_err(|error| error.to_string());
        match answer.and_then(|answer| page(&next, &answer)) {
            Ok(page) => feed.add(page),
            Err(reason) => feed.unread = Some(format!("its page {next}: {reason}")),
        }
    }
    Ok(feed)
}

fn page(url: &str, answer: &Response) -> Result<Identity, String> {
    match answer.is_success() {
        true => feed_move::identity(&answer.bytes, url).map_err(|error| error.to_string()),
        false => Err(format!("the server answers {}", answer.status)),
    }
}
