//! Bodies that clients stumble over.

use std::io::Write as _;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::super::broken::Case;
use super::super::good::{amazon_q, json_of, list, not_found};
use super::super::host::{Asked, Said};
use super::{case, is_list, is_lookup, with_entries, with_list};

const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";
const PUBLISHER: &str = "io.modelcontextprotocol.registry/publisher-provided";

fn drop_key(value: &mut Value, key: &str) {
    value.as_object_mut().unwrap().remove(key);
}

fn is_amazon_q(asked: &Asked) -> bool {
    asked.path() == "/exports/amazon-q/registry.json"
}

/// Amazon Q's file after a change.
fn with_amazon_q(asked: &Asked, said: Said, change: fn(&mut Value)) -> Said {
    if !is_amazon_q(asked) {
        return said;
    }
    let mut value = amazon_q();
    change(&mut value);
    json_of(&value)
}

pub(super) const CASES: &[Case] = &[
    case(
        "no _meta (heikkivihersalo, ghec sample)",
        |asked, said| with_entries(asked, said, |entry| drop_key(entry, "_meta")),
        "vscode list fails no-meta
         vscode latest fails no-meta
         kaiden list fails no-meta
         copilot-language-server list works
         docker list works
         others",
    ),
    case(
        "_meta without the official block",
        |asked, said| with_entries(asked, said, |entry| entry["_meta"] = json!({})),
        "xcode list fails no-meta
         vscode list works
         others",
    ),
    case(
        "no metadata",
        |asked, said| with_list(asked, said, |list| drop_key(list, "metadata")),
        "vscode list fails no-metadata
         toolhive reach fails no-metadata
         toolhive list works
         others",
    ),
    case(
        "no server wrapper (CityOfStirling)",
        |asked, said| with_entries(asked, said, |entry| *entry = entry["server"].take()),
        "vscode list fails no-server-wrapper
         copilot-cli list fails no-server-wrapper
         vscode latest fails no-server-wrapper",
    ),
    case(
        "a bare array (slashwhy)",
        |asked, said| with_list(asked, said, |list| *list = list["servers"].take()),
        "vscode list fails bare-array
         docker list fails bare-array
         toolhive reach fails no-servers-array",
    ),
    case(
        "servers is null",
        |asked, said| with_list(asked, said, |list| list["servers"] = Value::Null),
        "vscode list fails no-servers-array
         amazon-q list works",
    ),
    case(
        "no file for Amazon Q",
        |asked, said| if is_amazon_q(asked) { not_found() } else { said },
        "amazon-q reach fails amazon-q-missing
         amazon-q list fails amazon-q-missing
         vscode list works
         others",
    ),
    case(
        "the list of the API in place of Amazon Q's file",
        |asked, said| if is_amazon_q(asked) { json_of(&list()) } else { said },
        "amazon-q reach works
         amazon-q list fails amazon-q-refuses
         others",
    ),
    case(
        "a name twice in Amazon Q's file",
        |asked, said| {
            with_amazon_q(asked, said, |list| list["servers"][1] = list["servers"][0].clone())
        },
        "amazon-q list fails amazon-q-refuses
         others",
    ),
    case(
        "an argument without value in Amazon Q's file",
        |asked, said| {
            with_amazon_q(asked, said, |list| {
                let server = list["servers"][1]["server"].as_object_mut().unwrap();
                server.remove("remotes");
                let package = json!({"registryType": "npm", "identifier": "x",
                    "transport": {"type": "stdio"}, "packageArguments": [{"name": "--all"}]});
                server.insert("packages".to_owned(), json!([package]));
            })
        },
        "amazon-q list fails amazon-q-refuses
         others",
    ),
    case(
        "ToolHive's file format in place of the list",
        |asked, said| {
            with_list(asked, said, |list| {
                *list = json!({"data": {"servers": list["servers"].take()}})
            })
        },
        "vscode list fails toolhive-file-format",
    ),
    case(
        "an empty list",
        |asked, said| with_list(asked, said, |list| list["servers"] = json!([])),
        "vscode list partly empty-list
         vscode enforce untried
         others",
    ),
    case(
        "the first entry has no description",
        |asked, said| {
            with_list(asked, said, |list| {
                drop_key(&mut list["servers"][0]["server"], "description")
            })
        },
        "vscode list fails first-entry-invalid
         add-mcp list partly entry-invalid
         xcode list fails wrong-type
         others",
    ),
    case(
        "a later entry has no version",
        |asked, said| {
            with_list(asked, said, |list| drop_key(&mut list["servers"][2]["server"], "version"))
        },
        "vscode list partly entry-invalid
         apm list partly entry-invalid
         xcode list fails wrong-type
         others",
    ),
    case(
        "half a github block",
        |asked, said| {
            with_entries(asked, said, |entry| {
                entry["server"]["_meta"] = json!({PUBLISHER: {"github": {"name": "x"}}});
            })
        },
        "vscode list fails github-block-incomplete
         vscode latest fails github-block-incomplete
         others",
    ),
    case(
        "a byte order mark",
        |asked, mut said| {
            if is_list(asked) {
                said.body.splice(..0, *b"\xef\xbb\xbf");
            }
            said
        },
        "docker list fails byte-order-mark
         toolhive list fails byte-order-mark
         apm list fails byte-order-mark
         vscode list works
         copilot-language-server list works",
    ),
    case(
        "dates without time",
        |asked, said| {
            with_entries(asked, said, |entry| {
                entry["_meta"][OFFICIAL]["publishedAt"] = json!("2026-01-01")
            })
        },
        "docker list fails bad-date
         go-mcp-registry version fails bad-date
         vscode list works
         xcode list works",
    ),
    case(
        "a number for a default",
        |asked, said| {
            with_entries(asked, said, |entry| {
                entry["server"]["packages"][0]["environmentVariables"][0]["default"] = json!(8080);
            })
        },
        "docker list fails wrong-type
         xcode list fails wrong-type
         vscode list works",
    ),
    case(
        "an object for publisher-provided.tool",
        |asked, said| {
            with_entries(asked, said, |entry| {
                entry["server"]["_meta"] = json!({PUBLISHER: {"tool": {"name": "x"}}});
            })
        },
        "eclipse list fails wrong-type
         others",
    ),
    case(
        "a transport that nobody knows",
        |asked, said| {
            with_entries(asked, said, |entry| {
                entry["server"]["packages"][0]["transport"]["type"] = json!("websocket");
            })
        },
        "xcode list fails unknown-word
         docker list works
         others",
    ),
    case(
        "a status that nobody knows",
        |asked, said| {
            with_entries(asked, said, |entry| entry["_meta"][OFFICIAL]["status"] = json!("retired"))
        },
        "xcode list fails unknown-word
         eclipse list fails unknown-word
         vscode list works
         others",
    ),
    case(
        "a deleted server in the list",
        |asked, said| {
            with_list(asked, said, |list| {
                list["servers"][1]["_meta"][OFFICIAL]["status"] = json!("deleted");
            })
        },
        "vscode list partly deleted-listed
         others",
    ),
    case(
        "a deleted server that still answers",
        |asked, said| match is_lookup(asked) {
            true => with_entries(asked, said, |entry| {
                entry["_meta"][OFFICIAL]["status"] = json!("deleted");
            }),
            false => said,
        },
        "vscode latest fails deleted-answers
         vscode enforce fails deleted-answers
         jetbrains enforce fails deleted-answers
         toolhive latest partly deleted-answers",
    ),
    case(
        "a list that is too large",
        |asked, said| {
            // As a string once: this is much to write again for every client.
            static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
                let mut all = list();
                all["servers"][0]["server"]["readme"] = json!("x".repeat(11 << 20));
                all.to_string().into()
            });
            if is_list(asked) { Said { body: LARGE.clone(), ..said } } else { said }
        },
        "apm list fails too-large
         toolhive list partly too-large
         vscode list works
         others",
    ),
    case(
        "an empty body",
        |asked, said| if is_list(asked) { Said { body: Vec::new(), ..said } } else { said },
        "vscode list fails empty-body
         vscode reach works",
    ),
    case(
        "XML with status 200",
        |asked, said| match is_list(asked) {
            true => Said::new(200, "application/xml", "<?xml version=\"1.0\"?><ListBucketResult/>"),
            false => said,
        },
        "copilot-cli list fails xml-instead-of-json",
    ),
    case(
        "a comma too many",
        |asked, said| {
            if is_list(asked) { Said { body: b"{\"servers\":[],}".to_vec(), ..said } } else { said }
        },
        "copilot-language-server list fails not-json",
    ),
    case(
        "compressed without being asked",
        |asked, said| {
            if !is_list(asked) {
                return said;
            }
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&said.body).unwrap();
            Said { body: packed.finish().unwrap(), ..said }.with("Content-Encoding", "gzip")
        },
        "vscode list fails unasked-encoding",
    ),
];
