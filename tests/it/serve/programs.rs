//! Hosts with a program that answers queries of the list: `serve --as` gives what the program gives,
//! and leaves every other request to the host.

use mcp_static::internals::pipeline::Silent;
use mcp_static::internals::serve::{Live, LiveSource, Method, Request};
use mcp_static::internals::site::{HOSTS, Host, host_named};
use pretty_assertions::assert_eq;

use super::{load_options, sample, sample_data};
use crate::project::Project;

fn with_program() -> impl Iterator<Item = &'static dyn Host> {
    HOSTS.iter().copied().filter(|host| host.answers_queries())
}

fn read(host: &'static dyn Host) -> Live {
    let source = LiveSource::new(load_options(sample_data())).imitating(host);
    source.read(&Silent).unwrap().live.unwrap()
}

/// Status, headers by name, body.
type Seen = (u16, Vec<(String, String)>, Vec<u8>);

fn ask(live: &Live, method: &Method, target: &str) -> Seen {
    let request = Request { method: method.clone(), ..Request::get(target) };
    let answer = live.answer(&request);
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut headers: Vec<_> = answer.headers().map(owned).collect();
    headers.sort();
    (answer.status(), headers, answer.body().to_vec())
}

/// Requests that the program answers: pages, refusals, and what is no query at all.
const QUERIES: [&str; 20] = [
    "",
    "?",
    "?utm_source=x",
    "?limit=1",
    "?limit=5&cursor=com.example/m",
    "?limit=50&version=latest",
    "?version=1.0.0",
    "?search=EXAMPLE&limit=2",
    "?search=nothing-like-it",
    "?include_deleted=true&limit=100",
    "?updated_since=2025-01-01T00:00:00Z",
    "?updated_since=2025-01-01T00:00:00Z&include_deleted=false",
    "?updated_since=yesterday",
    "?limit=0",
    "?limit=101&include_deleted=maybe",
    "?limit=",
    "?cursor=%zz&limit=3",
    "?search=a%00b",
    "?cursor=com.example/weather:1.1.0%2Bb2",
    "?limit=2&limit=3",
];

const METHODS: [Method; 4] = [Method::Get, Method::Head, Method::Options, Method::Post];

#[test]
fn a_query_of_the_list_gets_what_serve_says() {
    for host in with_program() {
        let live = read(host);
        for (path, query) in ["/v0.1/servers", "/v0/servers"]
            .into_iter()
            .flat_map(|path| QUERIES.map(|query| (path, query)))
        {
            let target = format!("{path}{query}");
            for method in &METHODS {
                let (got, want) = (ask(&live, method, &target), ask(sample(), method, &target));
                assert_eq!(got, want, "{} {method} {target}", host.name());
            }
        }
    }
}

/// A version that is found in the list when deleted ones are asked for, and at its address by `serve`.
const DELETED: &str =
    "/v0.1/servers/com.example.lighthouse%2Ftides/versions/2.0.0?include_deleted=true";

#[test]
fn every_other_request_is_left_to_the_host() {
    assert_eq!(ask(sample(), &Method::Get, DELETED).0, 200);
    for host in with_program() {
        let live = read(host);
        for target in ["/v0.1/server%73?limit=1", "//v0.1//servers?limit=1", DELETED] {
            let bare = target.split('?').next().unwrap();
            let (mut got, mut want) =
                (ask(&live, &Method::Get, target), ask(&live, &Method::Get, bare));
            // A redirect may keep the query; nothing else depends on it.
            for seen in [&mut got, &mut want] {
                seen.1.retain(|(name, _)| name != "Location");
            }
            assert_eq!(got, want, "{} {target}", host.name());
            assert!(got.0 != 200 || target != DELETED, "{}", host.name());
        }
        let slash = ask(&live, &Method::Get, "/v0.1/servers/?limit=1");
        let answered = slash.2 == ask(sample(), &Method::Get, "/v0.1/servers?limit=1").2;
        assert_eq!(
            answered,
            ["cloudflare-pages", "netlify"].contains(&host.name()),
            "{}",
            host.name()
        );
    }
}

#[test]
fn the_path_of_the_base_url_may_stand_in_front_of_a_query() {
    let mut options = load_options(sample_data());
    options.base_url =
        mcp_static::internals::config::BaseUrl::parse("https://acme.example.com/tools").ok();
    let host = host_named("cloudflare-workers").unwrap();
    let live = LiveSource::new(options).imitating(host).read(&Silent).unwrap().live.unwrap();
    let want = ask(&live, &Method::Get, "/v0.1/servers?limit=1");
    assert_eq!(want.0, 200);
    assert_eq!(ask(&live, &Method::Get, "/tools/v0.1/servers?limit=1"), want);
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&want.2).unwrap()["metadata"]["count"],
        1
    );
}

#[test]
fn a_folder_answers_queries_from_its_index_if_it_has_a_program_and_all_of_it() {
    let project = Project::sample();
    for host in with_program() {
        let name = host.name();
        let out = format!("_{name}");
        project.run(&["build", "--for", name, "--out", &out]).expect(0);
        let of_folder = |folder: &str| Live::of_folder(host, &project.path(folder)).unwrap();
        let live = of_folder(&out);
        let data = read_data(&project, host);
        for query in QUERIES {
            for method in &METHODS {
                let target = format!("/v0.1/servers{query}");
                let (got, want) = (ask(&live, method, &target), ask(&data, method, &target));
                assert_eq!(got, want, "{name} {method} {target}");
            }
        }
        let list = ask(&live, &Method::Get, "/v0.1/servers").2;
        let fall_back = |what: &str| {
            let live = of_folder(&out);
            let mut target = "/v0.1/servers?limit=1".to_owned();
            if let Some((_, to)) =
                ask(&live, &Method::Get, &target).1.into_iter().find(|(name, _)| name == "Location")
            {
                target = to;
            }
            assert!(ask(&live, &Method::Get, &target).2 == list, "{name} without {what}");
        };
        let index = format!("{out}/{}/v0.1/_q", host.root()).replace("//", "/");
        let part = std::fs::read_dir(project.path(&index)).unwrap();
        let part = part.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let part = part.filter(|name| name.starts_with("b-")).min().unwrap();
        let whole = project.read(&format!("{index}/{part}"));
        project.remove(&format!("{index}/{part}"));
        fall_back("a file of the index");
        project.file(&format!("{index}/{part}"), &whole);
        let head = project.read(&format!("{index}/head.json"));
        let other = head.replace("\"format\":2", "\"format\":1");
        assert_ne!(other, head, "the head of the index names its form");
        project.file(&format!("{index}/head.json"), &other);
        fall_back("an index of this form");
        project.file(&format!("{index}/head.json"), &head);
        assert!(ask(&of_folder(&out), &Method::Get, "/v0.1/servers?limit=1").2 != list, "{name}");
        project.remove(&format!("{out}/{}", host.program().unwrap()));
        fall_back("the program");
    }
}

fn read_data(project: &Project, host: &'static dyn Host) -> Live {
    let source = LiveSource::new(load_options(project.path("registry-data"))).imitating(host);
    source.read(&Silent).unwrap().live.unwrap()
}
