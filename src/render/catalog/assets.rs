//! Style sheet, script and icons: files that never change under their name.
//!
//! A file's name holds a digest of its bytes, so that browsers keep it for ever and fetch a new one at
//! once. The files are those in `site/`, with the accent colour and the mark put before the style sheet, the
//! path of the icons before the script, and before that of the install tabs what pages [share](super::more).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::CatalogSettings;
use crate::site::{Artifact, Freshness, Media, Shape, UrlPath, fingerprint};

use super::colour;
use super::more;
use super::pack::Dictionary;
use super::place::Href;

/// The script, in the order in which its parts need each other.
const SCRIPT: &str = concat!(
    include_str!("../../../site/index.js"),
    include_str!("../../../site/search.js"),
    include_str!("../../../site/catalog.js")
);

/// The style sheet; what pages of servers need comes last.
const STYLE: &str =
    concat!(include_str!("../../../site/style.css"), include_str!("../../../site/server.css"));

/// The files of `site/` that pages use.
const FILES: [(&str, Media, &str); 4] = [
    ("icons.svg", Media::Svg, include_str!("../../../site/icons.svg")),
    ("style.css", Media::Css, STYLE),
    ("catalog.js", Media::Script, SCRIPT),
    ("install.js", Media::Script, include_str!("../../../site/install.js")),
];

/// Returns the names of the files that an operator may replace.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, ..)| *name)
}

/// Returns a digest of the built-in files.
pub(super) fn digest() -> String {
    let texts: Vec<&str> = FILES.iter().map(|(.., text)| *text).collect();
    fingerprint(texts.concat().as_bytes())
}

/// Links to the assets, from the site's root.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct AssetLinks {
    style: Href,
    script: Href,
    install: Href,
    pub(super) icons: Href,
    favicon: Href,
}

/// The assets of one catalog.
#[derive(Debug)]
pub(super) struct Assets {
    pub(super) links: AssetLinks,
    pub(super) artifacts: Vec<Artifact>,
    /// The texts that the script of the install tabs has.
    pub(super) shared: Dictionary,
}

impl Assets {
    /// Takes the built-in files, or those of `overrides` in their place.
    pub(super) fn new(settings: &CatalogSettings, overrides: &BTreeMap<String, String>) -> Self {
        let mut assets =
            Self { links: AssetLinks::default(), artifacts: Vec::new(), shared: more::shared() };
        assets.links.favicon = assets.add("favicon.svg", Media::Svg, favicon(settings));
        let constant = |name: &str, value: &str| {
            format!("'use strict';\nconst {name} = {};\n", serde_json::Value::from(value))
        };
        for (name, media, built_in) in FILES {
            let text = overrides.get(name).map_or(built_in, String::as_str);
            let before = match name {
                "style.css" => {
                    colour::declarations(&settings.accent) + &mark(&assets.links.favicon)
                }
                "catalog.js" => constant("ICONS", &assets.links.icons),
                "install.js" => constant("SHARED", assets.shared.as_str()),
                _ => String::new(),
            };
            let href = assets.add(name, media, before + text);
            match name {
                "style.css" => assets.links.style = href,
                "catalog.js" => assets.links.script = href,
                "install.js" => assets.links.install = href,
                _ => assets.links.icons = href,
            }
        }
        assets
    }

    fn add(&mut self, name: &str, media: Media, text: String) -> Href {
        let (stem, extension) = name.split_once('.').unwrap_or((name, "txt"));
        let file = format!("{stem}.{}.{extension}", fingerprint(text.as_bytes()));
        if let Some(path) = UrlPath::new(["assets", &file]) {
            self.artifacts.push(Artifact {
                path,
                shape: Shape::File,
                media,
                freshness: Freshness::Immutable,
                body: text.into_bytes().into(),
            });
        }
        format!("assets/{file}")
    }
}

/// The registry's mark in the header, where the settings name no logo: the favicon, in the same folder.
fn mark(favicon: &str) -> String {
    let file = favicon.rsplit('/').next().unwrap_or_default();
    format!(".own::before{{content:\"\";background:url({file})}}\n")
}

/// A tile in the accent colour with three stacked lines: a list.
fn favicon(settings: &CatalogSettings) -> String {
    let colour = colour::for_light(&settings.accent);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" \
         rx=\"7\" fill=\"{colour}\"/><g fill=\"none\" stroke=\"#fff\" stroke-width=\"2.6\" \
         stroke-linecap=\"round\"><path d=\"M9 10.5h14M9 16h14M9 21.5h8\"/></g></svg>\n"
    )
}
