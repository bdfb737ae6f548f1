use super::testing::{Reply, Server};
use super::*;

#[test]
fn answers_are_read_whole_and_statuses_are_answers() {
    let server = Server::start(|request| match request.path.as_str() {
        "/a" => Reply::ok("text/plain", "hello"),
        "/moved" => Reply::status(302).header("Location", "/a"),
        _ => Reply::status(404),
    });
    let client = testing::client();
    let answer = client.get(&server.url("/moved"), 100).unwrap();
    assert_eq!((answer.status, answer.bytes.as_slice()), (200, &b"hello"[..]));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    let moved = client.get_unredirected(&server.url("/moved"), 100).unwrap();
    assert_eq!((moved.status, moved.header("location")), (302, Some("/a")));
    let missing = client.get(&server.url("/b"), 100).unwrap();
    assert_eq!((missing.status, missing.is_success()), (404, false));
    let head = client.head(&server.url("/a")).unwrap();
    assert_eq!((head.status, head.header("content-length")), (200, Some("5")));
}

#[test]
fn what_is_too_large_too_slow_or_cut_off_is_said() {
    let server = Server::start(|request| match request.path.as_str() {
        "/large" => Reply::ok("text/plain", "x".repeat(101)),
        "/endless" => Reply::ok("text/plain", "x".repeat(101)).without_length(),
        "/cut" => Reply::ok("text/plain", "x").header("Content-Length", "50"),
        "/round" => Reply::status(302).header("Location", "/round"),
        "/junk" => Reply::raw("not HTTP at all\r\n\r\n"),
        _ => Reply::silence(),
    });
    let client =
        Client::with(Duration::from_millis(200), None, Reach::anybody(), SystemResolver::default());
    let said = |path: &str| client.get(&server.url(path), 100).unwrap_err().to_string();
    assert_eq!(said("/large"), "the answer is larger than 100 bytes");
    assert_eq!(said("/endless"), "the answer is larger than 100 bytes");
    assert!(said("/cut").starts_with("no connection: "), "{}", said("/cut"));
    assert_eq!(said("/round"), "redirected more than 12 times");
    assert!(said("/junk").starts_with("the answer makes no sense"), "{}", said("/junk"));
    assert_eq!(said("/silence"), "the server did not answer in time");
}

#[test]
fn addresses_that_cannot_be_asked() {
    let client = testing::client();
    for bad in ["file:///etc/passwd", "ftp://a.example/", "a.example", ""] {
        assert!(matches!(client.get(bad, 1), Err(HttpError::BadAddress)), "{bad}");
    }
    let nobody = client.get("http://127.0.0.1:1/", 1).unwrap_err();
    assert!(nobody.is_passing(), "{nobody}");
}

#[test]
fn a_proxy_is_used() {
    let server = Server::start(|_| Reply::ok("text/plain", "hello"));
    let proxy = testing::proxy();
    let through = Proxy::new(&proxy.url).ok();
    let client =
        Client::with(Duration::from_secs(5), through, Reach::anybody(), SystemResolver::default());
    assert_eq!(client.get(&server.url("/"), 100).unwrap().bytes, b"hello");
    assert_eq!(proxy.tunnels.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[test]
fn headers_and_a_body_are_sent() {
    let server = Server::start(|request| {
        let range = request.header("range").unwrap_or("none");
        Reply::ok("text/plain", format!("{} {range} {}", request.method, request.body))
    });
    let client = testing::client();
    let url = server.url("/");
    let got = client.get_with(&url, &[("Range", "bytes=0-1")], 100).unwrap();
    assert_eq!(got.bytes, b"GET bytes=0-1 ");
    let posted = client.post(&url, &[("Range", "x")], b"hello", 100).unwrap();
    assert_eq!(posted.bytes, b"POST x hello");
    assert!(client.get_with(&url, &[("Range", "a\nb")], 100).is_err());
}

impl Sink for Vec<u8> {
    fn begin(&mut self, _head: &Response) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_download_goes_where_it_is_told() {
    let server = Server::start(|_| Reply::ok("audio/mpeg", vec![7; 300_000]));
    let mut out = Vec::new();
    let answer = testing::client().stream(&server.url("/1.mp3"), &[], 300_000, &mut out).unwrap();
    assert_eq!((answer.status, out.len(), answer.bytes.len()), (200, 300_000, 0));
}

/// A resolver that knows a few names, and no network.
#[derive(Debug, Clone)]
struct Names(Vec<(&'static str, Vec<std::net::IpAddr>)>);

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &http::Uri,
        _: &ureq::config::Config,
        _: ureq::unversioned::transport::NextTimeout,
    ) -> Result<ureq::unversioned::resolver::ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let mut found = self.empty();
        let (_, ips) = self
            .0
            .iter()
            .find(|(name, _)| *name == host)
            .unwrap_or_else(|| panic!("{host} is asked for"));
        let port = uri.port_u16().unwrap_or(80);
        ips.iter().for_each(|ip| found.push((*ip, port).into()));
        Ok(found)
    }
}

fn of_names(names: &[(&'static str, &[&str])], reach: Reach) -> Client {
    let parse = |ips: &[&str]| ips.iter().map(|ip| ip.parse().unwrap()).collect();
    let names = names.iter().map(|(name, ips)| (*name, parse(ips))).collect();
    Client::with(Duration::from_secs(5), None, reach, Names(names))
}

#[test]
fn no_address_of_this_machine_or_of_a_private_network_is_asked() {
    for (ip, is_public) in [
        ("127.0.0.1", false),
        ("127.8.8.8", false),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("172.16.0.1", false),
        ("172.32.0.1", true),
        ("192.168.178.1", false),
        ("100.64.0.1", false),
        ("100.128.0.1", true),
        ("169.254.169.254", false),
        ("192.0.2.1", false),
        ("198.18.0.1", false),
        ("224.0.0.1", false),
        ("255.255.255.255", false),
        ("93.184.215.14", true),
        ("::", false),
        ("::1", false),
        ("::ffff:127.0.0.1", false),
        ("::ffff:93.184.215.14", true),
        ("::127.0.0.1", false),
        ("64:ff9b::a9fe:a9fe", false),
        ("2002:7f00:1::", false),
        ("2001::1", false),
        ("fc00::1", false),
        ("fd00:ec2::254", false),
        ("fe80::1", false),
        ("fec0::1", false),
        ("ff02::1", false),
        ("2001:db8::1", false),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true),
    ] {
        let ip: std::net::IpAddr = ip.parse().unwrap();
        assert_eq!(reach::kind(ip).is_none(), is_public, "{ip}");
        let url = if ip.is_ipv4() { format!("http://{ip}/") } else { format!("http://[{ip}]/") };
        assert_eq!(Reach::default().permits(&url).is_ok(), is_public, "{ip}");
    }
    for local in ["http://localhost/", "http://LOCALHOST./", "http://a.localhost:1/"] {
        assert!(Reach::default().permits(local).is_err(), "{local}");
    }
    // What browsers and libcs take for 127.0.0.1.
    for odd in ["http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"] {
        assert!(Reach::default().permits(odd).is_err(), "{odd}");
    }
}

#[test]
fn a_name_that_leads_to_this_machine_is_not_asked_unless_it_is_named() {
    let server = Server::start(|_| Reply::ok("text/plain", "secret"));
    let port = server.url("/").rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    let url = format!("http://rebound.example:{port}/");
    let names: &[(&str, &[&str])] = &[("rebound.example", &["127.0.0.1"])];
    let refused = of_names(names, Reach::default()).get(&url, 100).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the server is on this machine itself; onair asks such a server only if you name its address yourself"
    );
    let named = of_names(names, Reach::with([url.as_str()]));
    assert_eq!(named.get(&url, 100).unwrap().bytes, b"secret");
    // Its name, and not another port of the same machine.
    let other = Reach::with(["http://rebound.example:1/"]);
    assert!(matches!(of_names(names, other).get(&url, 100), Err(HttpError::NotPublic(_))));
}

#[test]
fn a_redirect_is_looked_at_like_the_first_address() {
    let secret = Server::start(|_| Reply::ok("text/plain", "secret"));
    let inner = secret.url("/");
    let first = Server::start(move |request| match request.path.as_str() {
        "/private" => Reply::status(302).header("Location", "http://10.0.0.1/"),
        "/metadata" => Reply::status(307).header("Location", "http://169.254.169.254/latest"),
        "/file" => Reply::status(301).header("Location", "file:///etc/passwd"),
        _ => Reply::status(302).header("Location", &inner),
    });
    let client = Client::with(
        Duration::from_secs(5),
        None,
        Reach::with([first.url("/").as_str()]),
        SystemResolver::default(),
    );
    for path in ["/private", "/metadata", "/other"] {
        for answer in [client.get(&first.url(path), 100), client.head(&first.url(path))] {
            assert!(matches!(answer, Err(HttpError::NotPublic(_))), "{path}: {answer:?}");
        }
        let mut out = Vec::new();
        assert!(client.stream(&first.url(path), &[], 100, &mut out).is_err() && out.is_empty());
    }
    assert!(matches!(client.get(&first.url("/file"), 100), Err(HttpError::BadAddress)));
}

#[test]
fn tests_ask_nobody_but_this_machine() {
    // A public address, even where it is asked for by name: the connection is never begun.
    let url = "http://public.example/";
    let client = of_names(&[("public.example", &["93.184.215.14"])], Reach::with([url]));
    let begun = Instant::now();
    let refused = client.get(url, 100).unwrap_err();
    assert!(matches!(refused, HttpError::NotPublic(_)), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_secret_goes_to_the_first_server_alone() {
    let second = Server::start(|request| {
        Reply::ok("text/plain", request.header("authorization").unwrap_or("nothing"))
    });
    let to = second.url("/");
    let first = Server::start(move |_| Reply::status(302).header("Location", &to));
    let headers = [("Authorization", "secret")];
    let answer = testing::client().get_with(&first.url("/"), &headers, 100).unwrap();
    assert_eq!(answer.bytes, b"nothing");
}

#[test]
fn a_body_that_drips_is_not_waited_for() {
    let server = Server::start(|_| Reply::drip(Duration::from_millis(40)));
    let client =
        Client::with(Duration::from_millis(200), None, Reach::anybody(), SystemResolver::default());
    let begun = Instant::now();
    let refused = client.get(&server.url("/"), 1 << 20).unwrap_err();
    assert!(matches!(refused, HttpError::Timeout), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}
