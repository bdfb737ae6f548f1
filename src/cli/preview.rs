//! `onair preview`.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;

use tokio::net::TcpListener;
use tokio::sync::watch as latest;

use super::args::{Global, Preview as Args};
use super::ui::findings::say_waiting;
use super::ui::term::Term;
use super::{Exit, Outcome, block_on};
use crate::pipeline::preview::{Session, Shown, serve, watch};
use crate::pipeline::{Error, load};
use crate::report::{counted, printable};
use crate::show::waiting;

pub fn run(global: &Global, args: &Args, term: &Term) -> Outcome {
    let (waker, wakes) = std::sync::mpsc::channel();
    let options = global.options();
    let show = load::show(&options.root)?;
    let wake = waker.clone();
    let wake = move || wake.send(watch::Wake::Audio).is_ok();
    let mut session = Session::new(options, &show, wake);
    let (title, drafts) = (
        printable(show.settings.show.title.get_ref()),
        show.episodes.iter().filter(|episode| episode.is_draft()).count(),
    );
    let now = jiff::Timestamp::now();
    let waiting = waiting::waiting(&show, now);
    let shown = Arc::new(session.first(show)?);
    let home = shown.home().to_owned();
    let (newest, versions) = latest::channel(Arc::clone(&shown));
    block_on(async move {
        let listener = listen(args.port).await?;
        let port = listener.local_addr().map_or(args.port, |address| address.port());
        term.say(&format!("{title}: http://127.0.0.1:{port}{home}"));
        term.say(&describe(&shown, drafts));
        say_waiting(&waiting, now, term);
        term.say("Pages follow your files as you save them. Ctrl-C ends the preview.");
        let term = *term;
        // Ends with the process; by then nobody looks at the pages.
        std::thread::spawn(move || {
            let watched = watch::run(&mut session, waker, &wakes, |made, began| {
                publish(made, began, &newest, term)
            });
            if let Err(error) = watched {
                let help = "pages do not follow your files: start the preview again to see changes";
                term.warning(&format!("files cannot be watched: {error}"), Some(help));
            }
        });
        let ended = async {
            // Where there is no such signal, the preview goes on until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            served = serve::run(listener, port, versions) => served.map(|()| Exit::Fine),
            () = ended => Ok(Exit::Fine),
        }
    })
}

async fn listen(port: u16) -> Result<TcpListener, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        match error.kind() {
            std::io::ErrorKind::AddrInUse => Error::usage(format!("port {port} is taken")).help(
                "is there another preview? name another port with --port N; --port 0 takes any that is free",
            ),
            _ => Error::usage(format!("nothing can be served at port {port}: {error}"))
                .help("name another port with --port N; --port 0 takes any that is free"),
        }
    })
}

/// What is shown, and what is not.
fn describe(shown: &Shown, drafts: usize) -> String {
    let mut said = counted(shown.episodes(), "episode");
    if shown.scheduled() > 0 {
        said.push_str(&format!(", {} of them scheduled and shown as if out", shown.scheduled()));
    }
    if drafts > 0 {
        said.push_str(&format!("; {} left out", counted(drafts, "draft")));
    }
    format!("{said}; {}", shown.preview.summary())
}

/// Shows what was made, if it is something else than before.
fn publish(made: Shown, began: Instant, newest: &latest::Sender<Arc<Shown>>, term: Term) {
    let before = newest.borrow().preview.version().to_owned();
    if made.preview.version() == before {
        return;
    }
    let took = began.elapsed().as_millis();
    match made.preview.trouble() {
        Some(trouble) => term.failure(trouble, None),
        None => term.say(&format!("Made again in {took} ms: {}", made.preview.summary())),
    }
    // Nobody may be listening any more.
    let _ = newest.send(Arc::new(made));
}
