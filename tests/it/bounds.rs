//! What is read from outside has an end: in bytes, in depth, in records and in faults.

use std::fmt::Write as _;
use std::io::Write as _;

use mcp_static::internals::import::read_text;

use crate::http::{Host, status};
use crate::scratch::Scratch;

/// Pages inside pages, closed again.
fn nested(depth: usize) -> String {
    format!("{}{}", "{\"servers\":[".repeat(depth), "]}".repeat(depth))
}

fn record(i: usize) -> String {
    format!(
        "{{\"server\":{{\"name\":\"com.example/s{i}\",\"version\":\"1.0.0\",\"description\":\"x\"}},\"_meta\":{{\"io.modelcontextprotocol.registry/official\":{{\"publishedAt\":\"2026-01-01T00:00:00Z\"}}}}}}"
    )
}

#[test]
fn a_page_inside_a_page_is_one_fault() {
    let text = format!("{{\"servers\":[{},{{\"servers\":[{}]}}]}}", record(1), record(2));
    let batch = read_text("d", text.as_bytes()).unwrap();
    let faults: Vec<_> = batch.readings.iter().filter_map(|r| r.as_ref().err()).collect();
    assert_eq!((batch.readings.len(), faults.len()), (2, 1));
    assert_eq!(faults[0].reason.why, "it is a page inside a page");
    assert_eq!(faults[0].place.pointer.as_str(), "/servers/1");
}

#[test]
fn nesting_ends_neither_the_stack_nor_the_memory() {
    let scratch = Scratch::new();
    let open = scratch.write("open.json", "{\"servers\":[".repeat(30_000));
    let closed = scratch.write("closed.json", nested(30_000));
    let arrays =
        scratch.write("arrays.json", format!("{}{}", "[".repeat(90_000), "]".repeat(90_000)));
    for (file, code, says) in [
        (&open, 1, "the text ends before everything is closed"),
        (&closed, 1, "it is a page inside a page"),
        (&arrays, 1, "it is not an object"),
    ] {
        let ran = scratch.run(&["import", file.to_str().unwrap()]);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains(says), "{}", ran.out);
    }
    // The same from a host, for a whole registry and for one entry.
    let host = Host::new(|_| {
        let entry = "/v0.1/servers/com.example%2Falpha/versions/latest";
        let page = "/v0.1/servers?limit=100&include_deleted=true";
        let body = || status(200, "", &nested(30_000));
        [(page, body()), (entry, body())].into()
    });
    let ran = scratch.run(&["import", &host.base]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("it is a page inside a page"), "{}", ran.out);
    let ran = scratch.run(&["add", "com.example/alpha", "--from", &host.base]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("it is not one entry"), "{}", ran.err);
}

#[cfg(target_os = "linux")]
#[test]
fn memory_grows_no_faster_than_the_text() {
    let scratch = Scratch::new();
    let deep = |depth: usize| nested(depth);
    let faulty = |n: usize| format!("[{}0]", "0,".repeat(n));
    let broken = |n: usize| format!("[{}{{}}]", "{\"server\":{}},".repeat(n));
    let small = peak(&scratch, "{\"servers\":[]}");
    for (what, text) in [
        ("nesting", &deep as &dyn Fn(usize) -> String),
        ("faults", &faulty),
        ("nameless records", &broken),
    ] {
        let (once, twice) = (peak(&scratch, &text(16_000)), peak(&scratch, &text(32_000)));
        // Twice the text takes at most twice the memory, and little of it.
        let (once, twice) = (once.saturating_sub(small), twice.saturating_sub(small));
        assert!(twice <= 2 * once + 16_000, "{what}: {once} KiB, then {twice} KiB");
        assert!(twice < 100_000, "{what}: {twice} KiB");
    }
    let megabytes = peak(&scratch, &faulty(1 << 20)).saturating_sub(small);
    assert!(megabytes < 50_000, "2 MB of faults take {megabytes} KiB");
}

#[cfg(target_os = "linux")]
fn peak(scratch: &Scratch, text: &str) -> u64 {
    let path = scratch.write("dump.json", text);
    let (ran, peak) = scratch.run_measured(&["import", path.to_str().unwrap(), "--dry-run"]);
    assert!(matches!(ran.code, 0 | 1), "{}", ran.err);
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_packed_dump_does_not_fill_the_memory() {
    let scratch = Scratch::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&b"0,".repeat(10 << 20)).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 32_000, "{}", packed.len());
    let path = scratch.write("dump.json.gz", &packed);
    let (ran, peak) = scratch.run_measured(&["import", path.to_str().unwrap()]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(peak < 200_000, "{peak} KiB");
}

#[test]
fn faults_are_counted_and_the_1001st_is_the_last_one() {
    let enough =
        read_text("d", format!("[{}{}]", "0,".repeat(1000), record(1)).as_bytes()).unwrap();
    assert_eq!(enough.readings.len(), 1001);
    for (what, text) in [
        ("an array", format!("[{}{}]", "0,".repeat(1001), record(1))),
        ("lines", format!("{}\n{}", record(1), "0\n".repeat(1001))),
        ("a page", format!("{{\"servers\":[{}{}]}}", "[],".repeat(1001), record(1))),
        ("nameless", format!("[{}{}]", "{\"server\":{}},".repeat(1001), record(1))),
    ] {
        let refused = read_text("d", text.as_bytes()).unwrap_err();
        assert!(refused.message.contains("1,001st thing that is not a record"), "{what}");
        assert!(refused.place.column > 0, "{what}");
    }
}

#[test]
fn records_are_counted_too() {
    let text = format!("[{}{{}}]", "{},".repeat(250_000));
    let refused = read_text("d", text.as_bytes()).unwrap_err();
    assert!(refused.message.contains("more than 250,000 are not read"), "{}", refused.message);
    assert!(refused.help.unwrap().contains("split it"));
}

#[test]
fn what_says_where_a_list_goes_on_must_be_readable() {
    let long = "c".repeat(2049);
    for (metadata, says) in [
        ("{\"nextCursor\":7}".to_owned(), "is not a string"),
        (format!("{{\"nextCursor\":\"{long}\"}}"), "more than 2,048 bytes"),
        ("{\"nextCursor\":tru}".to_owned(), "cannot be read"),
        (format!("{{\"x\":\"{}\"}}", "x".repeat(65_536)), "more than 64 KiB"),
    ] {
        let text = format!("{{\"servers\":[],\"metadata\":{metadata}}}");
        let refused = read_text("d", text.as_bytes()).unwrap_err();
        assert!(refused.message.contains(says), "{metadata:.40}: {}", refused.message);
    }
}

/// Every verb that is given a file, with a device without an end, a folder and one that is too large.
#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_refused_at_once() {
    let scratch = Scratch::new();
    let dump = scratch.write("dump.json", record(1));
    assert_eq!(scratch.run(&["import", dump.to_str().unwrap()]).code, 0);
    let built = scratch.run(&["build", "--only", "api", "-A", "base-url-missing"]);
    assert_eq!(built.code, 0, "{}{}", built.out, built.err);
    let begun = std::time::Instant::now();
    for (arguments, limit) in [
        (&["build", "--probe"] as &[&str], "1 MiB"),
        (&["build", "--without"], "64 MiB"),
        (&["import"], "256 MiB"),
        (&["check"], "16 MiB"),
        (&["check", "--site", "_site", "--before"], "256 MiB"),
        (&["add"], "16 MiB"),
        (&["verify", "--base", "none", "--event"], "1 MiB"),
        (&["sign", "key", "show"], "64 KiB"),
        (&["sign", "key", "import"], "64 KiB"),
    ] {
        let with = |file| scratch.run(&[arguments, &[file]].concat());
        let endless = with("/dev/zero");
        assert_eq!(endless.code, 2, "{arguments:?}: {}", endless.err);
        let says = format!("it is larger than {limit}");
        assert!(endless.err.contains(&says), "{arguments:?}: {}", endless.err);
        if arguments == ["import"] {
            continue; // a folder is a source too
        }
        let folder = with("/tmp");
        assert_eq!(folder.code, 2, "{arguments:?}");
        let says = if arguments == ["check"] { "this folder is not" } else { "it is a folder" };
        assert!(folder.err.contains(says), "{arguments:?}: {}", folder.err);
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    let large = scratch.write("large.json", vec![b' '; (16 << 20) + 1]);
    for verb in ["check", "add"] {
        let ran = scratch.run(&[verb, large.to_str().unwrap()]);
        assert!(ran.code == 2 && ran.err.contains("larger than 16 MiB"), "{}", ran.err);
    }
}

#[test]
fn settings_and_templates_have_a_size() {
    let scratch = Scratch::new();
    let entry = "registry-data/servers/com.example/a/1.0.0/server.json";
    scratch.write(entry, "{}");
    let large = format!("# {}\n", "x".repeat(256 * 1024));
    scratch.write("registry-data/registry.toml", &large);
    let ran = scratch.run(&["check"]);
    assert!(ran.out.contains("error[file-too-large]: the file has 262147 bytes"), "{}", ran.out);
    let ran = scratch.run(&["probe", "https://registry.example.com", "--offline"]);
    assert!(ran.code == 2 && ran.err.contains("larger than 256 KiB"), "{}", ran.err);

    scratch.write("registry-data/registry.toml", "[catalog]\ntemplates = \"looks\"\n");
    let big = scratch.write("looks/home.html", vec![b'x'; (1 << 20) + 1]);
    let ran = scratch.run(&["check"]);
    assert!(ran.code == 2 && ran.err.contains("larger than 1 MiB"), "{}", ran.err);
    std::fs::remove_file(big).unwrap();
    for i in 0..257 {
        scratch.write(&format!("looks/{i}.html"), "x");
    }
    let ran = scratch.run(&["check"]);
    assert!(ran.code == 2 && ran.err.contains("more than 256 files"), "{}", ran.err);
}

#[test]
fn a_long_text_of_a_stranger_is_not_repeated_whole() {
    let long = "x".repeat(100_000);
    let mut text = String::from("[");
    for name in [format!("com.example/{long}"), "com.example/alpha".to_owned()] {
        let _ = write!(
            text,
            "{{\"server\":{{\"name\":\"{name}\",\"version\":\"1.0.0\"}},\"_meta\":{{\"io.modelcontextprotocol.registry/official\":{{\"publishedAt\":\"{long}\"}}}}}},"
        );
    }
    text.push_str("{\"server\":{\"name\":\"com.example/b\"}}]");
    let scratch = Scratch::new();
    let path = scratch.write("dump.json", text);
    let ran = scratch.run(&["import", path.to_str().unwrap()]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("which is not an RFC 3339 time"), "{}", ran.out);
    assert!(ran.out.len() < 4000, "{} bytes are said", ran.out.len());
}
