//! Remotes, and what is written for them.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use tempfile::TempDir;

use super::{Fixture, Git, files};
use crate::error::ErrorKind;
use crate::world::git::Remote;
use crate::world::http::Secret;

fn url(fixture: &Fixture) -> String {
    format!("file://{}", fixture.path().display())
}

#[test]
fn what_is_pushed_is_fetched_again() {
    let there = Fixture::new();
    let first = there.commit(&files(&[("a/b.txt", "1"), ("c.txt", "2")]), 1000, &[]);
    let dir = TempDir::new().unwrap();
    let here = Git::init_bare(dir.path()).unwrap();
    let remote = Remote::new(&url(&there), None);
    remote.fetch(dir.path(), &["+refs/heads/main:refs/mcp-static/base"]).unwrap();
    assert_eq!(here.resolve("refs/mcp-static/base").unwrap(), first);
    let commit = here
        .commit_files(
            first,
            &[("a/new/x.json".to_owned(), Some(b"{}\n".to_vec()))],
            "Add x\n",
            2000,
        )
        .unwrap();
    let tag = here.annotate(commit, "good", "It works.\n\nrun: 7", 3000).unwrap();
    let specs = [format!("+{commit}:refs/heads/side"), format!("+{tag}:refs/mcp-static/good")];
    remote.push(dir.path(), &specs.each_ref().map(String::as_str)).unwrap();
    assert_eq!(there.git().resolve("refs/heads/side").unwrap(), commit);
    let found = there.git().annotation("refs/mcp-static/good").unwrap();
    assert_eq!(found, Some((commit, "It works.\n\nrun: 7\n".to_owned())));
    assert_eq!(there.git().annotation("refs/heads/main").unwrap(), None);
    assert_eq!(there.git().annotation("refs/mcp-static/no").unwrap(), None);
    assert_eq!(here.commit_time(commit).unwrap(), 2000);
    let listed = there.repo.find_commit(super::raw(commit)).unwrap().tree().unwrap();
    for path in ["a/b.txt", "a/new/x.json", "c.txt"] {
        listed.get_path(path.as_ref()).unwrap();
    }
    here.set_reference("refs/mcp-static/deployed", first).unwrap();
    assert_eq!(here.resolve("refs/mcp-static/deployed").unwrap(), first);
    remote.fetch(dir.path(), &["+refs/nothing/*:refs/nothing/*"]).unwrap();
}

#[test]
fn a_failure_says_what_git_said_and_never_the_token() {
    let dir = TempDir::new().unwrap();
    Git::init_bare(dir.path()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/r", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        let request = String::from_utf8(request).unwrap();
        let sent = request.lines().find(|l| l.starts_with("Authorization: ")).unwrap().to_owned();
        let body = format!("{sent} tokensecret1");
        let size = body.len();
        let head = format!("HTTP/1.1 403 No\r\nContent-Type: text/plain\r\nContent-Length: {size}");
        write!(client, "{head}\r\nConnection: close\r\n\r\n{body}").unwrap();
        sent
    });
    let token = Secret::new("tokensecret1").unwrap();
    let remote = Remote::new(&url, Some(("x-access-token", &token)));
    let error = remote.fetch(dir.path(), &["+refs/heads/main:refs/heads/main"]).unwrap_err();
    let sent = server.join().unwrap();
    assert_eq!(sent, "Authorization: Basic eC1hY2Nlc3MtdG9rZW46dG9rZW5zZWNyZXQx");
    let text = format!("{error:#} {error:?} {remote:?}");
    assert!(text.contains("403"), "{text}");
    for secret in ["tokensecret1", "eC1hY2Nlc3M"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    let settings = std::fs::read_to_string(dir.path().join("config")).unwrap();
    assert!(!settings.contains("extraheader"));
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let dir = TempDir::new().unwrap();
    Git::init_bare(dir.path()).unwrap();
    let [here, there] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    there.set_nonblocking(true).unwrap();
    let url = format!("http://{}/r", here.local_addr().unwrap());
    let target = there.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut client, _) = here.accept().unwrap();
        let _ = client.read(&mut [0; 4096]).unwrap();
        let head = format!("HTTP/1.1 302 No\r\nLocation: http://{target}/r/info/refs\r\n");
        write!(client, "{head}Content-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    });
    let accepting = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(2));
        there.accept().is_ok()
    });
    let token = Secret::new("tokensecret1").unwrap();
    let remote = Remote::new(&url, Some(("x-access-token", &token)));
    remote.fetch(dir.path(), &["+refs/heads/main:refs/heads/main"]).unwrap_err();
    server.join().unwrap();
    assert!(!accepting.join().unwrap(), "the other host was asked");
}

#[test]
fn what_could_be_an_option_or_a_program_is_not_passed_on() {
    let there = Fixture::new();
    let dir = TempDir::new().unwrap();
    Git::init_bare(dir.path()).unwrap();
    for spec in ["--upload-pack=x", "", "a b", "a\nb"] {
        let error = Remote::new(&url(&there), None).fetch(dir.path(), &[spec]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{spec}");
    }
    for url in [
        "--upload-pack=x",
        "ext::sh -c x",
        "http://example.org/r",
        "https://user:s3cr3t@example.org/r",
        "git@example.org:r",
        "/etc",
        "file://host/x",
    ] {
        let error = Remote::new(url, None).push(dir.path(), &["a:refs/heads/a"]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{url}");
        assert!(!format!("{error:#}").contains("s3cr3t"));
    }
    let error = Remote::new(&url(&there), None)
        .fetch(dir.path(), &["+refs/heads/no:refs/heads/no"])
        .unwrap_err();
    assert!(format!("{error:#}").contains("refs/heads/no"), "{error:#}");
}
