//! How far the feed's move to another address is.

use crate::http::{Client, HttpError};
use crate::import::feed_move::{self, Answer, Step};
use crate::import::xml;

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
        (300..400, Some(to)) => Answer::Redirect(answer.status, to.to_owned()),
        _ if answer.is_success() => match feed_move::identity(&answer.bytes) {
            Ok(identity) => Answer::Feed(identity),
            Err(error) => Answer::Nothing(error.to_string()),
        },
        (status, _) => Answer::Nothing(format!("the server answers {status}")),
    })
}
