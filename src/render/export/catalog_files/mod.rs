//! Files that other systems read as a catalog: one element of each server's latest version.
//!
//! To add one, write a module with a function that makes the element of a server, and a row of
//! [`CATALOG_FILES`]. Elements are made from the entries of the list, in the byte order of names, and
//! pass by: no file is ever in memory as a whole.

mod ard;
mod assembly;
mod contextforge;
mod docker;
mod shown;
mod slots;
mod toolhive;

use std::fmt::Write as _;

use serde_json::Value;

use super::super::Facts;
use crate::site::Media;

pub use ard::AGENTS;
pub use assembly::{CatalogFiles, Elements, Piece, is_catalog_file};
use shown::Shown;

/// A file with an element of each server.
pub struct CatalogFile {
    /// What settings call it.
    pub id: &'static str,
    /// The system that reads it.
    pub system: &'static str,
    /// Its path in the site.
    pub path: &'static [&'static str],
    media: Media,
    /// What comes before the elements.
    start: fn(&Facts) -> String,
    /// Makes the element of a server, or says why it has none, as the end of a sentence.
    element: fn(&Shown<'_>, &Facts) -> Result<Element, String>,
    /// What comes between two elements.
    between: &'static str,
    /// What comes after them.
    end: fn(&Totals) -> String,
}

/// The element of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Element {
    /// What the system calls the server; of two with one key, the second is left out.
    key: String,
    /// The text.
    text: String,
}

/// What is known once every element has passed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Totals {
    /// Number of elements.
    count: usize,
    /// The last change of a server, as the API shows it.
    updated: String,
}

/// Every file, in the order of the page about connecting.
pub static CATALOG_FILES: &[CatalogFile] = &[
    CatalogFile {
        id: "docker",
        system: "Docker MCP Catalog",
        path: &["exports", "docker", "catalog.yaml"],
        media: Media::Yaml,
        start: docker::yaml_start,
        element: docker::yaml_element,
        between: "",
        end: |totals| if totals.count == 0 { "  {}\n" } else { "" }.to_owned(),
    },
    CatalogFile {
        id: "docker",
        system: "Docker MCP Catalog",
        path: &["exports", "docker", "catalog.json"],
        media: Media::Json,
        start: docker::json_start,
        element: docker::json_element,
        between: ",\n",
        end: |_| "\n}}\n".to_owned(),
    },
    CatalogFile {
        id: "toolhive",
        system: "ToolHive",
        path: &["exports", "toolhive", "registry.json"],
        media: Media::Json,
        start: |_| toolhive::START.to_owned(),
        element: toolhive::element,
        between: ",\n",
        end: toolhive::end,
    },
    CatalogFile {
        id: "contextforge",
        system: "ContextForge",
        path: &["exports", "contextforge", "catalog.yml"],
        media: Media::Yaml,
        start: |_| contextforge::START.to_owned(),
        element: contextforge::element,
        between: "",
        end: |totals| if totals.count == 0 { "  []\n" } else { "" }.to_owned(),
    },
];

/// Returns `value` as one line of YAML: JSON, in which what YAML does not take as it is is escaped.
fn yaml(value: &Value) -> String {
    let mut line = String::new();
    for c in value.to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line
}

/// Returns a name with the letters, digits, `-` and `_` that such systems take, and `-` for the others.
fn sanitized(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    name.chars().map(|c| if plain(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests;
