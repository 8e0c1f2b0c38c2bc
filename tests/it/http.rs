//! The real client against a host of our own on this computer.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_static::internals::world::http::{
    Http, HttpClient, HttpError, HttpOptions, ProxyChoice, Request, Response, Secret, Url, shown,
};
use pretty_assertions::assert_eq;

use crate::scratch::{Scratch, recorded};

type Answers = HashMap<&'static str, String>;

/// A host that gives one answer a path, and remembers what it was asked.
pub(crate) struct Host {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Host {
    /// `answers` is made from the host's base URL.
    pub(crate) fn new(answers: impl FnOnce(&str) -> Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (answers, asked) = (answers(&base), Arc::new(Mutex::new(Vec::new())));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &answers, &heard);
            }
        });
        Self { base, asked }
    }

    /// Every request so far: its first line and headers.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, answers: &Answers, asked: &Mutex<Vec<String>>) {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while reader.read_line(&mut request).is_ok_and(|n| n > 2) {}
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(request);
    let none = status(404, "", "{\"title\":\"Not Found\",\"detail\":\"Server not found\"}");
    let answer = answers.get(path.as_str()).unwrap_or(&none);
    if answer.is_empty() {
        std::thread::sleep(Duration::from_secs(5)); // silence
    }
    let _ = stream.write_all(answer.as_bytes());
}

/// An answer in full; `headers` ends every line with CRLF.
pub(crate) fn status(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

fn redirect(to: &str) -> String {
    status(302, &format!("Location: {to}\r\n"), "elsewhere")
}

fn client() -> HttpClient {
    let patience = Duration::from_millis(500);
    HttpClient::new(HttpOptions { patience, ..HttpOptions::default() }).unwrap()
}

fn request(limit: u64) -> Request {
    Request { accept: "application/json", bearer: Secret::new("s3cret"), limit, fresh: true }
}

fn get(url: &str) -> Result<Response, HttpError> {
    client().get(url, &request(1000))
}

#[test]
fn an_answer_comes_with_its_type_and_the_request_says_who_asks() {
    let host = Host::new(|_| {
        HashMap::from([("/a?b=%2F", status(200, "Content-Type: text/x\r\n", "hello"))])
    });
    let answer = get(&format!("{}/a?b=%2F", host.base)).unwrap();
    assert_eq!((answer.body.as_slice(), answer.content_type.as_str()), (&b"hello"[..], "text/x"));
    let asked = host.asked()[0].to_lowercase();
    assert!(
        asked.contains(concat!("user-agent: mcp-static/", env!("CARGO_PKG_VERSION"))),
        "{asked}"
    );
    assert!(
        asked.contains("accept: application/json")
            && asked.contains("authorization: bearer s3cret")
    );
}

#[test]
fn a_status_that_is_no_success_is_told_with_its_reason() {
    let host =
        Host::new(|_| HashMap::from([("/busy", status(429, "Retry-After: 7\r\n", "<html>"))]));
    match get(&format!("{}/none", host.base)).unwrap_err() {
        HttpError::Status { status: 404, detail, .. } => assert_eq!(detail, "Server not found"),
        e => panic!("{e}"),
    }
    match get(&format!("{}/busy", host.base)).unwrap_err() {
        HttpError::Status { status: 429, retry_after, detail, .. } => {
            assert_eq!((retry_after.as_deref(), detail.as_str()), (Some("7"), ""));
        }
        e => panic!("{e}"),
    }
}

#[test]
fn a_redirect_is_followed_at_most_five_times() {
    let host = Host::new(|_| {
        HashMap::from([
            ("/1", redirect("/2")),
            ("/2", redirect("3?x=1")),
            ("/3?x=1", redirect("./a/../4")),
            ("/4", redirect("?y")),
            ("/4?y", redirect("/5#part")),
            ("/5", status(200, "", "there")),
            ("/0", redirect("/1")),
            ("/loop", redirect("/loop")),
        ])
    });
    let answer = get(&format!("{}/1", host.base)).unwrap();
    assert_eq!((answer.body.as_slice(), answer.url), (&b"there"[..], format!("{}/5", host.base)));
    for path in ["/0", "/loop"] {
        match get(&format!("{}{path}", host.base)).unwrap_err() {
            HttpError::Refused { why, .. } => assert!(why.contains("more than five"), "{why}"),
            e => panic!("{e}"),
        }
    }
}

#[test]
fn the_token_stays_with_its_host() {
    let other = Host::new(|_| HashMap::from([("/there", status(200, "", "ok"))]));
    let there = format!("{}/there", other.base);
    let host =
        Host::new(|_| HashMap::from([("/here", redirect(&there)), ("/first", redirect("/here"))]));
    get(&format!("{}/first", host.base)).unwrap();
    assert!(host.asked().iter().all(|asked| asked.contains("s3cret")));
    assert_eq!(other.asked().len(), 1);
    assert!(!other.asked()[0].to_lowercase().contains("authorization"), "{:?}", other.asked());
}

#[test]
fn plain_http_is_refused_except_to_this_computer() {
    let host = Host::new(|_| {
        HashMap::from([
            ("/out", redirect("http://registry.example.com/")),
            ("/file", redirect("file:///etc/passwd")),
            ("/secret", redirect("https://user:pass@registry.example.com/")),
        ])
    });
    let refused = |url: &str| match get(url).unwrap_err() {
        HttpError::Refused { why, url } => {
            assert!(!format!("{url}{why}").contains("pass@"));
            why
        }
        e => panic!("{url}: {e}"),
    };
    assert!(refused("http://registry.example.com/").contains("use https"));
    assert!(refused(&format!("{}/out", host.base)).contains("use https"));
    assert!(refused(&format!("{}/file", host.base)).contains("neither https nor http"));
    assert!(refused(&format!("{}/secret", host.base)).contains("user name or password"));
    assert!(refused("https://user:pass@registry.example.com/").contains("user name or password"));
}

#[test]
fn an_answer_may_be_as_large_as_the_limit_and_no_larger() {
    let exact = "x".repeat(1000);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n",
        "x".repeat(1001)
    );
    let host = Host::new(|_| {
        HashMap::from([
            ("/exact", status(200, "", &exact)),
            ("/more", status(200, "", &format!("{exact}x"))),
            ("/chunked", chunked),
        ])
    });
    assert_eq!(get(&format!("{}/exact", host.base)).unwrap().body.len(), 1000);
    for path in ["/more", "/chunked"] {
        let e = get(&format!("{}{path}", host.base)).unwrap_err();
        assert!(matches!(e, HttpError::TooLarge { limit: 1000, .. }), "{path}: {e}");
    }
}

#[test]
fn silence_and_broken_answers_are_no_answer() {
    let host = Host::new(|_| {
        HashMap::from([
            ("/silence", String::new()),
            ("/short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_owned()),
            ("/noise", "noise\r\n\r\n".to_owned()),
        ])
    });
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let urls = ["/short", "/noise", "/silence"].map(|path| format!("{}{path}", host.base));
    for url in
        urls.iter().chain([&format!("http://{closed}/"), &"https://host.invalid/".to_owned()])
    {
        let e = get(url).unwrap_err();
        assert!(matches!(e, HttpError::NoAnswer { .. }), "{url}: {e}");
        assert!(!format!("{e} {e:?}").contains("s3cret"));
    }
}

#[test]
fn a_proxy_is_used_for_others_and_never_for_this_computer() {
    let proxy = Host::new(|_| HashMap::new());
    let choice = ProxyChoice {
        url: Some(proxy.base.clone()),
        except: vec!["example.org".to_owned(), ".corp.example".to_owned()],
    };
    let spares = |url: &str| choice.spares(&Url::parse(url).unwrap());
    for url in [
        "https://example.org",
        "https://a.example.org",
        "https://x.corp.example:8443",
        "http://localhost:1",
        "http://[::1]:2/",
    ] {
        assert!(spares(url), "{url}");
    }
    for url in ["https://example.com", "https://notexample.org", "https://1.2.3.4/"] {
        assert!(!spares(url), "{url}");
    }
    let options = HttpOptions { proxy: choice, ..HttpOptions::default() };
    let client = HttpClient::new(options).unwrap();
    let e = client.get("https://registry.example.com/", &request(10)).unwrap_err();
    assert!(matches!(e, HttpError::NoAnswer { .. }), "{e}");
    assert!(
        proxy.asked()[0].starts_with("CONNECT registry.example.com:443"),
        "{:?}",
        proxy.asked()
    );
    assert!(!proxy.asked()[0].contains("s3cret"));
    for url in ["socks5://user:pass@127.0.0.1:1", "http://"] {
        let proxy = ProxyChoice { url: Some(url.to_owned()), except: Vec::new() };
        let why = HttpClient::new(HttpOptions { proxy, ..HttpOptions::default() }).unwrap_err();
        assert!(!why.contains("pass@"), "{why}");
    }
}

#[test]
fn encryption_is_never_given_up_on_the_way() {
    let url = |text: &str| Url::parse(text).unwrap();
    let start = url("https://registry.example.com/a/b?c");
    for to in ["http://registry.example.com/", "http://127.0.0.1/", "http://localhost:8080/x"] {
        let next = start.join(to).unwrap();
        assert!(start.redirect_objection(&next).is_some(), "{to}");
    }
    for (to, there) in [
        ("//other.example.com", "https://other.example.com/"),
        ("d", "https://registry.example.com/a/d"),
        ("../../../d/", "https://registry.example.com/d/"),
        ("HTTPS://OTHER.example.com:443/X#y", "https://other.example.com/X"),
    ] {
        let next = start.join(to).unwrap();
        assert_eq!(next.to_string(), there);
        assert_eq!(start.redirect_objection(&next), None);
        assert_eq!(start.same_origin(&next), there.contains("registry"));
    }
    for loopback in ["http://127.9.9.9", "http://[::1]:80/", "http://LOCALHOST"] {
        assert_eq!(url(loopback).objection(), None);
    }
    for outside in ["http://127.0.0.1.example.com", "http://localhost.example.com", "http://[::2]/"]
    {
        assert!(url(outside).objection().is_some(), "{outside}");
    }
}

#[test]
fn a_url_in_a_message_is_short_and_without_secrets() {
    for (url, text) in [
        ("https://a.example/x", "https://a.example/x"),
        ("https://a.example/?limit=100&cursor=b%2Fc", "https://a.example/?limit=100&cursor=b%2Fc"),
        ("https://a.example/?token=s3cret&limit=1", "https://a.example/?token=…&limit=1"),
        ("https://a.example/?s3cret", "https://a.example/?…"),
        (
            "https://a.example/?limit&X-Amz-Signature=s3cret",
            "https://a.example/?limit&X-Amz-Signature=…",
        ),
    ] {
        assert_eq!(shown(url), text);
    }
    for long in [
        format!("https://a.example/{}", "x".repeat(9999)),
        format!("https://a.example/?{}", "limit=1&".repeat(9999)),
    ] {
        let text = shown(&long);
        assert!(text.chars().count() == 201 && text.ends_with('…'), "{text}");
    }
    // As the errors of requests say it, after a redirect to a signed URL too.
    let host = Host::new(|base| HashMap::from([("/a", redirect(&format!("{base}/b?sig=s3cret")))]));
    let e = get(&format!("{}/a", host.base)).unwrap_err().to_string();
    assert!(e.contains("/b?sig=…") && !e.contains("s3cret"), "{e}");
}

fn registry() -> Host {
    let page = |name: &str| {
        status(
            200,
            "Content-Type: application/json\r\n",
            &String::from_utf8(recorded(name)).unwrap(),
        )
    };
    Host::new(|_| {
        HashMap::from([
            ("/v0.1/servers?limit=100&include_deleted=true", page("page-1.json")),
            (
                "/v0.1/servers?limit=100&cursor=com.example%2Falpha%3A1.1.0%2Bbuild.7&include_deleted=true",
                page("page-2.json"),
            ),
            (
                "/v0.1/servers?limit=100&cursor=com.example%2Fgamma%3A0.1.0&include_deleted=true",
                page("page-3.json"),
            ),
        ])
    })
}

#[test]
fn the_program_imports_a_live_registry() {
    let (scratch, host) = (Scratch::new(), registry());
    let token = [("REGISTRY_TOKEN", "s3cret")];
    let arguments = ["import", &host.base, "--token-env", "REGISTRY_TOKEN"];
    let ran = scratch.run_with(&arguments, &token, "");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("imported 5 new"), "{}", ran.err);
    assert!(host.asked().iter().all(|asked| asked.contains("Bearer s3cret")));
    let origin = scratch.read("servers/com.example/gamma/0.1.0/origin.json");
    assert!(origin.contains(&format!("\"registry\": \"{}\"", host.base)), "{origin}");
    assert!(std::fs::read_dir(scratch.path().join(".mcp-static/import")).unwrap().next().is_none());
    let again = scratch.run_with(&arguments, &token, "");
    assert!(
        again.err.contains("imported 0 new, 0 updated, 5 unchanged, 0 skipped"),
        "{}",
        again.err
    );
}

#[test]
fn the_program_keeps_secrets_and_says_what_is_missing() {
    let (scratch, host) = (Scratch::new(), Host::new(|_| HashMap::new()));
    let ran = scratch.run_with(&["import", &host.base, "--token-env", "T"], &[("T", "s3cret")], "");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("status 404") && ran.err.contains("/v0.1/servers"), "{}", ran.err);
    assert!(!ran.err.contains("s3cret") && !ran.out.contains("s3cret"));
    let unset = scratch.run(&["import", &host.base, "--token-env", "NO_SUCH_VARIABLE"]);
    assert!(unset.code == 2 && unset.err.contains("NO_SUCH_VARIABLE is not set"), "{}", unset.err);
    let offline = scratch.run(&["--offline", "import", &host.base]);
    assert!(offline.code == 2 && offline.err.contains("--offline"), "{}", offline.err);
}
