//! Which addresses may be asked. Feeds, settings and redirects are a stranger's: none of them may have
//! onair ask this machine, its network, or a cloud's metadata service, which answer nobody from outside.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// Set to anything, nothing but this machine is asked: for tests.
pub const ONLY_LOOPBACK: &str = "ONAIR_ONLY_LOOPBACK";

/// Who may be asked.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Host and port of servers that were asked for by name.
    named: BTreeSet<(String, u16)>,
    /// Whether everybody may be.
    anybody: bool,
}

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server is {0}; onair asks such a server only if you name its address yourself")]
pub struct NotPublic(pub(super) &'static str);

impl Reach {
    /// Public servers, and those of these addresses, wherever they stand.
    pub fn with<'a>(named: impl IntoIterator<Item = &'a str>) -> Self {
        Self { named: named.into_iter().filter_map(server).collect(), anybody: false }
    }

    /// And the server of this address.
    #[must_use]
    pub fn and(mut self, url: &str) -> Self {
        self.named.extend(server(url));
        self
    }

    /// Everybody.
    pub fn anybody() -> Self {
        Self { named: BTreeSet::new(), anybody: true }
    }

    fn is_named(&self, host: &str, port: Option<u16>) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        self.anybody || port.is_some_and(|port| self.named.contains(&(host, port)))
    }

    /// Whether the address itself says that it is not public: a proxy asks whomever it is told to.
    ///
    /// # Errors
    /// What it says of itself.
    pub fn permits(&self, url: &str) -> Result<(), NotPublic> {
        let Ok(url) = Url::parse(url) else { return Ok(()) };
        let kind = match url.host() {
            Some(Host::Ipv4(ip)) => kind(ip.into()),
            Some(Host::Ipv6(ip)) => kind(ip.into()),
            Some(Host::Domain(name)) if is_local(name) => Some(THIS_MACHINE),
            _ => None,
        };
        let named = self.is_named(url.host_str().unwrap_or_default(), url.port_or_known_default());
        kind.filter(|_| !named).map_or(Ok(()), |kind| Err(NotPublic(kind)))
    }
}

/// Whether the address is one of this very machine.
pub fn is_loopback(url: &str) -> bool {
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => is_local(name),
        None => false,
    }
}

/// Host and port of an address.
fn server(url: &str) -> Option<(String, u16)> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_ascii_lowercase();
    Some((host, url.port_or_known_default()?))
}

/// RFC 6761, section 6.3.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

const THIS_MACHINE: &str = "on this machine itself";
const PRIVATE: &str = "in a private network";
const LINK: &str = "on the local link";
const NO_SERVER: &str = "at an address that no public server has";

/// What is not public of an address. Sources: IANA, "IPv4 Special-Purpose Address Registry" and "IPv6
/// Special-Purpose Address Registry".
pub(super) fn kind(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => kind_v4(ip),
        IpAddr::V6(ip) => kind_v6(ip),
    }
}

fn kind_v4(ip: Ipv4Addr) -> Option<&'static str> {
    match ip.octets() {
        [127, ..] => Some(THIS_MACHINE),
        // Linux takes the unspecified address for this machine.
        [0, ..] => Some(THIS_MACHINE),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Some(PRIVATE),
        [169, 254, ..] => Some(LINK),
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] | [198, 51, 100, _] => {
            Some(NO_SERVER)
        }
        [203, 0, 113, _] | [224..=255, ..] => Some(NO_SERVER),
        _ => None,
    }
}

fn kind_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let parts = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        kind_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Some(THIS_MACHINE),
        // IPv4 in IPv6: mapped, translated (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        [0x2002, high, low, ..] => embedded(high, low),
        [0xfc00..=0xfdff, ..] => Some(PRIVATE),
        [0xfe80..=0xfeff, ..] => Some(LINK),
        // Documentation; IETF protocols, Teredo among them; all but global unicast.
        [0x2001, 0xdb8, ..] | [0x2001, 0..=0x1ff, ..] | [0x3fff, ..] => Some(NO_SERVER),
        [0x2000..=0x3fff, ..] => None,
        _ => Some(NO_SERVER),
    }
}

/// Whether nothing but this machine may be asked.
pub(super) fn only_loopback() -> bool {
    cfg!(test) || std::env::var_os(ONLY_LOOPBACK).is_some()
}

/// The system's resolver, which asks no name server where nothing but this machine may be asked.
#[derive(Debug, Default)]
pub(super) struct SystemResolver(DefaultResolver);

impl Resolver for SystemResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        if only_loopback() && host.parse::<IpAddr>().is_err() && !is_local(host) {
            return Err(ureq::Error::HostNotFound);
        }
        self.0.resolve(uri, config, timeout)
    }
}

/// Finds the addresses of a name, and gives those alone that may be asked: what was looked at is what
/// is connected to, so a name that means something else a moment later gains nothing.
#[derive(Debug)]
pub(super) struct CarefulResolver<R> {
    inner: R,
    reach: Reach,
}

impl<R: Resolver> CarefulResolver<R> {
    pub(super) fn new(inner: R, reach: Reach) -> Self {
        Self { inner, reach }
    }
}

impl<R: Resolver> Resolver for CarefulResolver<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default();
        let port = found.iter().map(|address| address.port()).next();
        // The user's own proxy, wherever it stands.
        let is_proxy =
            config.proxy().is_some_and(|proxy| proxy.host() == host && Some(proxy.port()) == port);
        let is_named = is_proxy || self.reach.is_named(host, port);
        let (mut fine, mut refused) = (self.empty(), None);
        for address in found.iter() {
            match kind(address.ip()) {
                Some(kind) if !is_named => refused = Some(NotPublic(kind)),
                _ if only_loopback() && !address.ip().is_loopback() => {
                    refused = Some(NotPublic("beyond this machine"));
                }
                _ => fine.push(*address),
            }
        }
        match refused {
            Some(why) if fine.is_empty() => Err(ureq::Error::Other(Box::new(why))),
            _ => Ok(fine),
        }
    }
}
