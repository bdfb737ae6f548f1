//! `onair move`: where a move of the feed to another address stands, and what comes next.

use super::args::{Global, Move};
use super::ui::term::Term;
use super::{Error, Exit, Outcome};
use crate::http::{Client, HttpError};
use crate::import::feed_move::{self, Answer};
use crate::import::xml;
use crate::pipeline::{load, trust};

pub fn run(global: &Global, args: &Move, term: &Term) -> Outcome {
    let show = load::show(&global.options().root)?;
    let to = show.settings.feed_url();
    if to == args.from {
        return Err(Error::usage(format!("the show's feed is at {to} already")).help(
            "give the old address here, and the new one in onair.toml (site.url, site.feed)",
        ));
    }
    let client = Client::reaching(trust::reach(&global.options(), &show.settings).and(&args.from));
    let (old, new) = (ask(&client, &args.from)?, ask(&client, &to)?);
    let steps = feed_move::steps(&show.settings, &args.from, &old, &new);
    term.data(&feed_move::text(&args.from, &to, &steps));
    let is_done = steps.iter().all(|step| step.lacks.is_none());
    Ok(if is_done { Exit::Fine } else { Exit::Findings })
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
