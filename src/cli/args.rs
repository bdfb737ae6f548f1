//! What can be typed. Help, man page and completions all come from here.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use crate::apple::lookup::BASE_URL;
use crate::pipeline::workflows::Action;
use crate::pipeline::{MainBranch, Options, find};
use crate::plan::ALLOW;
use crate::public::cloudfront;
use crate::rules::RULES;

/// Publish a podcast from a git repository: checked, tagged, uploaded, and only then in the feed.
#[derive(Debug, Parser)]
#[command(name = "onair", version = VERSION, max_term_width = 99)]
#[command(
    help_template = "{about}\n\n{usage-heading} {usage}{after-help}\n\nGlobal options:\n{options}"
)]
#[command(
    subcommand_value_name = "COMMAND",
    disable_help_subcommand = true,
    disable_help_flag = true
)]
pub struct Args {
    /// Options of every command.
    #[command(flatten, next_help_heading = "Global options")]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// The command's name, as it is typed.
    #[arg(skip)]
    pub name: String,
}

/// The commands in the order of a show's life.
pub const GROUPS: [(&str, &[&str]); 5] = [
    ("Begin", &["init", "import", "rehost", "new"]),
    ("Every episode", &["check", "listen", "preview", "release"]),
    ("The published show", &["upload", "tag", "apple", "rollback", "unpublish", "prune", "move"]),
    ("Help", &["doctor", "explain"]),
    ("This program", &["completions", "man"]),
];

impl Args {
    /// The arguments, with the commands in their groups; an error that a program asked about is told to it.
    pub fn read() -> Self {
        let read = Self::grouped().try_get_matches().and_then(|matches| {
            let mut names: Vec<&str> = Vec::new();
            let mut inner = Some(&matches);
            while let Some((name, below)) = inner.and_then(clap::ArgMatches::subcommand) {
                names.push(name);
                inner = Some(below);
            }
            let is_typed = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
            let mut args = Self { name: names.join(" "), ..Self::from_arg_matches(&matches)? };
            if args.global.all_shows {
                if is_typed("show") {
                    let said = "--show names one show, and --all-shows means each: leave one out";
                    return Err(Self::grouped().error(ErrorKind::ArgumentConflict, said));
                }
                args.global.show = None;
            }
            Ok(args)
        });
        read.unwrap_or_else(|error| super::refused(&error))
    }

    /// What can be typed.
    pub fn grouped() -> clap::Command {
        let command = Self::command();
        let mut list = String::new();
        for (group, names) in GROUPS {
            list.push_str(&format!("{group}:\n"));
            for known in names.iter().filter_map(|name| command.find_subcommand(name)) {
                let about = known.get_about().map(ToString::to_string).unwrap_or_default();
                list.push_str(&format!("  {:<12} {about}\n", known.get_name()));
            }
            list.push('\n');
        }
        command.after_help(format!("{list}{EXIT_CODES}"))
    }
}

/// Version, commit and date, as far as build.rs knows them.
const VERSION: &str = match option_env!("ONAIR_VERSION") {
    Some(whole) => whole,
    None => env!("CARGO_PKG_VERSION"),
};

const EXIT_CODES: &str = "Exit codes:\n  0  all is well\n  1  findings at error level\n  2  wrong use, or wrong settings\n  3  the target or the network failed\n  4  a guard, or another release, stopped it\n  130  you stopped it (Ctrl-C); the same command goes on";

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// The show's folder [default: the nearest with onair.toml, from here upwards]
    #[arg(long, global = true, value_name = "DIR", env = "ONAIR_SHOW", hide_env_values = true)]
    pub show: Option<PathBuf>,
    /// Every show of the repository: for check, release, doctor, tag, prune and apple sync
    #[arg(long, global = true)]
    pub all_shows: bool,
    /// Where to publish: a directory, or s3://bucket/prefix [default: target.url of onair.toml, or public]
    #[arg(long, global = true, value_name = "URL", env = "ONAIR_TARGET", hide_env_values = true)]
    pub target: Option<String>,
    /// The address of an S3-compatible store [default: target.endpoint of onair.toml]
    #[arg(long, global = true, value_name = "URL", env = "ONAIR_ENDPOINT", hide_env_values = true)]
    pub endpoint: Option<String>,
    /// How to report
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Show errors and warnings only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Show more: notes too, and every object
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Print help
    #[arg(long, short, global = true, action = clap::ArgAction::HelpShort)]
    pub help: Option<bool>,
    /// CloudFront's API
    #[arg(long, global = true, value_name = "URL", hide = true, env = "ONAIR_CLOUDFRONT_URL", default_value = cloudfront::API)]
    pub cloudfront: String,
}

impl Global {
    /// The same for a command that makes a show: in this folder, if none is named.
    pub fn here(&self) -> Options {
        let show = self.show.clone().unwrap_or_else(|| PathBuf::from("."));
        Self { show: Some(show), ..self.clone() }.options()
    }

    /// The same for the pipeline.
    pub fn options(&self) -> Options {
        Options {
            root: self.show.clone().unwrap_or_else(find::nearest),
            target: self.target.clone(),
            endpoint: self.endpoint.clone(),
            cloudfront: self.cloudfront.clone(),
            main_branch: MainBranch::default(),
        }
    }
}

/// `--format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    Human,
    /// For a program; see docs/json.md
    Json,
    /// GitHub workflow commands
    Github,
    /// SARIF 2.1.0
    Sarif,
}

impl Format {
    /// The word on the command line.
    pub fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// `--color`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check every episode, its audio and the settings
    Check(Check),
    /// Measure how episodes sound: loudness, peaks, silence, channels
    Listen(Listen),
    /// Publish: audio and pages that changed, then the feed
    Release(Release),
    /// See the pages as they would be published, in a browser on this machine
    #[cfg(feature = "preview")]
    Preview(Preview),
    /// Send the audio of episodes before the release that names it
    Upload(Upload),
    /// Examine the target step by step, and say how to fix what is wrong
    Doctor(Doctor),
    /// Go back to an earlier release
    Rollback(Rollback),
    /// Take episodes down: out of the feed, with their pages and files
    Unpublish(Unpublish),
    /// Remove objects from the target that no recent release uses
    Prune(Prune),
    /// Write the tags of episodes into your own MP3s, as a release publishes them
    Tag(Tag),
    /// Make a new show in this folder
    Init(Init),
    /// Make an episode's file from an MP3
    New(New),
    /// Make a show from a podcast's feed, or from another generator's folder
    Import(Import),
    /// Download the audio that is still at an old host, and publish it here
    Rehost(Rehost),
    /// Show how far the feed's move to a new address is, and the next step
    Move(Move),
    /// Episode ids at Apple Podcasts
    #[command(subcommand)]
    Apple(Apple),
    /// Explain a rule, or list them all
    Explain(Explain),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page, or write one for every command into a folder
    Man {
        /// The folder
        dir: Option<PathBuf>,
    },
}

/// A show's episodes, for a shell that completes.
fn episodes() -> ArgValueCandidates {
    ArgValueCandidates::new(|| find::episodes().into_iter().map(Into::into).collect())
}

/// What `--allow` takes, for a shell that completes.
fn permissions() -> Vec<CompletionCandidate> {
    let names = ALLOW.iter().map(|(name, _)| name.split_once(':').map_or(*name, |(name, _)| name));
    names.map(Into::into).collect()
}

/// `onair check`
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Report only on these episodes: a number, or a file's name
    #[arg(value_name = "EPISODE", add = episodes())]
    pub episodes: Vec<String>,
    /// Also listen to the audio: loudness, peaks, silence, channels, the same recording twice
    #[arg(long)]
    pub listen: bool,
    /// Fix what is safe to fix
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show the changes and make none
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Fail if there are more warnings than this
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<usize>,
    /// Show every finding on its own, notes too
    #[arg(long)]
    pub all: bool,
}

/// `onair listen`
#[derive(Debug, clap::Args)]
pub struct Listen {
    /// An episode (a number, or a file's name), or an MP3 by its path
    #[arg(value_name = "EPISODE|MP3", required = true, add = episodes())]
    pub recordings: Vec<String>,
    /// Draw waveform and loudness into this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

/// What `--allow` takes, for the help.
fn guards() -> String {
    let lines = ALLOW.iter().map(|(name, what)| format!("\n  {name:<27} {what}"));
    format!("Guards:{}", lines.collect::<String>())
}

/// `onair release`
#[derive(Debug, clap::Args)]
#[command(after_help = guards())]
pub struct Release {
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Look at every published object, and send again what is missing or changed
    #[arg(long)]
    pub repair: bool,
    /// Wait up to this long for another release to end, and for scheduled episodes: `90m`, `3h`
    #[arg(long, value_name = "TIME", env = "ONAIR_WAIT", hide_env_values = true, value_parser = span)]
    pub wait: Option<std::time::Duration>,
    /// Publish this episode's audio again, with a new tag, at a new address; `all`: that of every one whose tag is old
    #[arg(long, value_name = "EPISODE", add = episodes())]
    pub retag: Vec<String>,
    /// Let this guard pass
    #[arg(long, value_name = "GUARD", add = ArgValueCandidates::new(permissions))]
    pub allow: Vec<String>,
    /// Publish as if it were this instant (RFC 3339)
    #[arg(long, value_name = "TIME", hide = true, env = "ONAIR_NOW")]
    pub now: Option<jiff::Timestamp>,
}

/// A span as people write it: `90m`, `3h`, `2 hours`.
fn span(text: &str) -> Result<std::time::Duration, String> {
    // What a workflow has for a variable that is not set.
    if text.trim().is_empty() {
        return Ok(std::time::Duration::ZERO);
    }
    let span: jiff::SignedDuration =
        text.trim().parse().map_err(|_| "write a time like `90m` or `3h`".to_owned())?;
    let span = std::time::Duration::try_from(span)
        .map_err(|_| "the time cannot be negative".to_owned())?;
    let most = std::time::Duration::from_secs(24 * 60 * 60);
    if span <= most { Ok(span) } else { Err("a release waits for a day at most".to_owned()) }
}

/// `onair preview`
#[cfg(feature = "preview")]
#[derive(Debug, clap::Args)]
pub struct Preview {
    /// The port at 127.0.0.1; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = 4000)]
    pub port: u16,
}

/// `onair upload`
#[derive(Debug, clap::Args)]
pub struct Upload {
    /// These episodes: a number, or a file's name
    #[arg(value_name = "EPISODE", required = true, add = episodes())]
    pub episodes: Vec<String>,
    /// Check, say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `onair doctor`
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Print the smallest IAM policy with which onair works, and examine nothing
    #[arg(long)]
    pub print_policy: bool,
}

/// `onair rollback`
#[derive(Debug, clap::Args)]
pub struct Rollback {
    /// The release to go back to [default: the one before the current one]
    #[arg(value_name = "N")]
    pub release: Option<u32>,
    /// List the releases that one can go back to
    #[arg(long, conflicts_with_all = ["release", "dry_run"])]
    pub list: bool,
    /// Show what would change in the feed, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `onair unpublish`
#[derive(Debug, clap::Args)]
pub struct Unpublish {
    /// These episodes: a number, a file's name, or a guid
    #[arg(value_name = "EPISODE", required = true, add = episodes())]
    pub episodes: Vec<String>,
    /// Leave audio, chapters and transcripts where they are
    #[arg(long)]
    pub keep_files: bool,
    /// Do not ask; needed where nobody can be asked
    #[arg(long, short, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take them down as if it were this instant (RFC 3339)
    #[arg(long, value_name = "TIME", hide = true, env = "ONAIR_NOW")]
    pub now: Option<jiff::Timestamp>,
}

/// `onair prune`
#[derive(Debug, clap::Args)]
pub struct Prune {
    /// Keep what the last N releases use
    #[arg(long, value_name = "N", default_value = "10")]
    pub keep: NonZeroUsize,
    /// Do not ask; needed where nobody can be asked
    #[arg(long, short, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Show what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Stop if there are more objects to remove than this
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub most: usize,
}

/// `onair tag`
#[derive(Debug, clap::Args)]
pub struct Tag {
    /// Only these episodes: a number, or a file's name [default: all but drafts]
    #[arg(value_name = "EPISODE", add = episodes())]
    pub episodes: Vec<String>,
    /// Also set `size` and `duration` in the front matter to what the tagged MP3 has
    #[arg(long)]
    pub fix: bool,
    /// Show what each MP3 says and what it would say, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `onair init`
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The show's name
    #[arg(long)]
    pub title: Option<String>,
    /// What it is about, in a few sentences
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// Who makes it
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// The address that platforms write to; it stands in the feed
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// The language that is spoken, as in fr or en-us [default: the system's]
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// The time zone of its dates, as in Europe/Paris [default: the system's]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Apple's category, as in Arts or "News > Tech News"
    #[arg(long, value_name = "NAME")]
    pub category: Option<String>,
    /// The address that the show will have
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Make the workflows by which GitHub checks and publishes the show
    #[arg(long, visible_alias = "github")]
    pub workflows: bool,
    /// Make the schemas by which editors complete and check onair.toml and front matter
    #[arg(long)]
    pub schema: bool,
    /// Ask nothing; leave open what no option answers
    #[arg(long, short)]
    pub yes: bool,
    /// The action that the GitHub workflows use: OWNER/NAME/.github/actions/onair@COMMIT
    /// [default: the one that this onair was published with]
    #[arg(long, value_name = "ACTION")]
    pub action: Option<Action>,
}

/// `onair new`
#[derive(Debug, clap::Args)]
pub struct New {
    /// The MP3: in the audio folder, or copied there
    #[arg(value_name = "MP3")]
    pub file: PathBuf,
    /// The episode's title [default: the MP3's]
    #[arg(long)]
    pub title: Option<String>,
    /// The episode's number [default: the MP3's, or the one behind the last]
    #[arg(long, value_name = "N")]
    pub episode: Option<u32>,
    /// The season [default: that of the MP3's name, or the newest episode's]
    #[arg(long, value_name = "N")]
    pub season: Option<u32>,
    /// When it comes out, in the show's time zone: "YYYY-MM-DD HH:MM" [default: the show's next slot]
    #[arg(long)]
    pub date: Option<String>,
    /// The MP3's name in the audio folder [default: its own, if it makes an address]
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// Let ffmpeg make the MP3 from other audio, like the show's others
    #[arg(long)]
    pub encode: bool,
    /// Open the new file in $VISUAL or $EDITOR
    #[arg(long, short)]
    pub edit: bool,
}

/// `onair import`
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The feed's address or file, or the folder of a site's generator (Jekyll, Toucan, Hugo, …)
    #[arg(value_name = "FEED-OR-FOLDER")]
    pub from: String,
    /// Download what the feed names: audio, artwork, transcripts, chapters
    #[arg(long)]
    pub download: bool,
    /// Also bring the audio home: download it, and publish it here
    #[arg(long)]
    pub rehost: bool,
    /// The address that the show will have, if it moves [default: the one that it has]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The show's time zone, as in Europe/Paris [default: the one that its dates tell]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Also download from this machine and from private networks, where the feed names them
    #[arg(long)]
    pub allow_private: bool,
}

/// `onair rehost`
#[derive(Debug, clap::Args)]
pub struct Rehost {
    /// These episodes: a number, or a file's name [default: all that have their audio elsewhere]
    #[arg(value_name = "EPISODE")]
    pub episodes: Vec<String>,
    /// Also download from this machine and from private networks, where an episode names them
    #[arg(long)]
    pub allow_private: bool,
}

/// `onair move`
#[derive(Debug, clap::Args)]
pub struct Move {
    /// The feed's old address; the new one follows from onair.toml
    #[arg(value_name = "OLD-FEED")]
    pub from: String,
}

/// `onair apple`
#[derive(Debug, Subcommand)]
pub enum Apple {
    /// Compare every episode's appleEpisodeId with Apple's, by guid or by the audio's name, never by title
    Sync(AppleSync),
}

/// `onair apple sync`
#[derive(Debug, clap::Args)]
pub struct AppleSync {
    /// Write the ids into the front matter
    #[arg(long)]
    pub write: bool,
    /// Fail if an id is wrong, or missing for too long
    #[arg(long)]
    pub check: bool,
    /// For how many days after publishing an id may be missing
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub days: u32,
    /// Read a saved answer of the look-up service, and ask nobody
    #[arg(long, value_name = "FILE", conflicts_with = "country")]
    pub from_file: Option<PathBuf>,
    /// A storefront to ask; may be given again [default: apple-country of onair.toml, us and gb]
    #[arg(long, value_name = "CC")]
    pub country: Vec<String>,
    /// The look-up service
    #[arg(long, value_name = "URL", hide = true, env = "ONAIR_APPLE_URL", default_value = BASE_URL)]
    pub base_url: String,
    /// Judge as if it were this instant (RFC 3339)
    #[arg(long, value_name = "TIME", hide = true, env = "ONAIR_NOW")]
    pub now: Option<jiff::Timestamp>,
}

/// `onair explain`
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// The rule's id
    #[arg(add = ArgValueCandidates::new(|| RULES.iter().map(|rule| rule.id.into()).collect()))]
    pub rule: Option<String>,
    /// Print the table of all rules as Markdown
    #[arg(long, conflicts_with = "rule")]
    pub markdown: bool,
    /// Print the keys that an episode may have, onair's and those of other generators, as Markdown
    #[arg(long, conflicts_with_all = ["rule", "markdown"])]
    pub keys: bool,
}
