//! `serve` as a program: what it says, and how it ends.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use mcp_static::internals::serve::{Options, Server};

use super::client::get;
use crate::project::Project;

/// The running program; ended when dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `serve` on a free port; its first words, up to the one that ends the greeting.
fn start(project: &Project, args: &[&str], last: &str) -> (Program, SocketAddr, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
    command.current_dir(project.path("")).args(["serve", "--addr", "127.0.0.1:0"]).args(args);
    command.env_remove("SOURCE_DATE_EPOCH").stdout(Stdio::null()).stderr(Stdio::piped());
    let mut program = Program(command.spawn().unwrap());
    let mut said = String::new();
    for line in BufReader::new(program.0.stderr.take().unwrap()).lines() {
        said += &(line.unwrap() + "\n");
        if said.contains(last) {
            break;
        }
    }
    let url =
        said.split("base URL for clients: http://").nth(1).unwrap_or_else(|| panic!("{said}"));
    let address = url.lines().next().unwrap().parse().unwrap();
    (program, address, said)
}

#[test]
fn it_says_where_it_serves_what() {
    let (_program, address, said) = start(&Project::sample(), &[], "watching");
    assert!(said.contains("Example Registry: 12 servers, 33 versions\n"), "{said}");
    assert!(said.contains(&format!("serving on http://{address}/\n")), "{said}");
    assert!(!said.contains("warning"), "{said}");
    let list = get(address, "/v0.1/servers").json();
    assert_eq!(list["metadata"]["count"], 12);
}

#[test]
fn it_serves_before_the_first_commit_and_can_leave_the_data_alone() {
    let project = Project::small();
    project.git();
    let (_program, address, said) = start(&project, &["--no-reload"], "base URL");
    assert!(said.contains("nothing is committed yet"), "{said}");
    assert!(!said.contains("watching"), "{said}");
    assert_eq!(get(address, "/v0.1/servers").status, 200);
}

#[test]
fn data_with_errors_is_not_served() {
    let project = Project::small();
    project.file("registry-data/servers/com.example/weather/1.0.0/server.json", "{");
    project.run(&["serve", "--addr", "127.0.0.1:0"]).expect(1).says("nothing is served");
    let project = Project::empty();
    project.file("registry-data/registry.toml", "");
    project.run(&["serve", "--addr", "127.0.0.1:0"]).expect(1).says("registry-empty");
    Project::empty().run(&["serve", "--addr", "127.0.0.1:0"]).expect(2).says("help:");
}

#[test]
fn an_address_that_cannot_be_had_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let project = Project::sample();
    project
        .run(&["serve", "--addr", &address])
        .expect(2)
        .says("is taken by another program")
        .says("port 0");
    for (address, words) in [
        ("8080", "is not an address to listen on"),
        (":8080", "is not an address to listen on"),
        ("localhost", "is not an address to listen on"),
        ("127.0.0.1:99999", "is not an address to listen on"),
        ("http://127.0.0.1:80", "is not an address to listen on"),
        ("192.0.2.1:0", "this machine has no address 192.0.2.1"),
    ] {
        let error = Server::bind(address, Options::default()).unwrap_err();
        assert!(format!("{error:#}").contains(words), "{address}: {error}");
        assert!(error.advice().is_some());
    }
    project
        .run(&["serve", "--addr", "127.0.0.1:0", "--allow-host", "http://x"])
        .expect(2)
        .says("is not a host");
}

#[test]
fn it_answers_as_a_host_would() {
    let project = Project::sample();
    let (_program, address, said) = start(&project, &["--as", "plain"], "watching");
    assert!(said.contains("answering as plain would\n"), "{said}");
    let list = get(address, "/v0.1/servers");
    assert_eq!((list.status, list.header("Location")), (301, "/v0.1/servers/"));
    assert_eq!(get(address, "/v0.1/servers/").json()["metadata"]["count"], 12);

    project.run(&["build", "--for", "netlify"]).expect(0);
    let args = ["--as", "netlify", "--site", "_site"];
    let (_program, address, said) = start(&project, &args, "base URL");
    assert!(said.contains("_site: ") && said.contains("answering as netlify would"), "{said}");
    let list = get(address, "/v0.1/servers");
    assert_eq!((list.status, list.header("Access-Control-Allow-Origin")), (200, "*"));
    assert_eq!(list.json()["metadata"]["count"], 12);

    let run = |args: &[&str]| project.run(&[&["serve", "--addr", "127.0.0.1:0"], args].concat());
    run(&["--as", "geocities"]).expect(2).says("possible values: plain, github-pages");
    run(&["--site", "_site"]).expect(2).says("--as");
    run(&["--as", "netlify", "--without-cors"]).expect(2).says("operator sets the CORS headers");
    run(&["--without-cors"]).expect(2).says("--as");
    run(&["--as", "plain", "--site", "nowhere"])
        .expect(2)
        .says("the site cannot be read: nowhere: ")
        .says("output folder of a build");
}

#[test]
fn it_says_what_it_assumes_of_an_operator() {
    let project = Project::sample();
    project.run(&["build", "--for", "s3"]).expect(0);
    let origin = "Access-Control-Allow-Origin";
    for args in [&["--as", "s3"][..], &["--as", "s3", "--site", "_site"]] {
        let (_program, address, said) = start(&project, args, "base URL");
        assert!(said.contains("assuming that its operator has set CORS headers"), "{said}");
        assert_eq!(get(address, "/v0.1/servers").header(origin), "*");
        let args = [args, &["--without-cors"]].concat();
        let (_program, address, said) = start(&project, &args, "base URL");
        assert!(said.contains("before its operator has set CORS headers"), "{said}");
        assert_eq!(get(address, "/v0.1/servers").header(origin), "");
    }
}
