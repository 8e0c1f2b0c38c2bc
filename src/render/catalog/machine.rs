//! Documents for machines that are not the API: sitemap, robots, search description, llms.txt, share
//! image.
//!
//! A private registry has only a robots.txt, which disallows all crawlers, and the share image; a registry
//! without a known address has none that need absolute URLs.

use serde::Serialize;

use crate::site::{Artifact, Media};

use super::super::Emit;
use super::super::export::BULK;
use super::Catalog;
use super::colour;
use super::list::page;
use super::page::SiteView;
use super::summary::Summary;
use super::text::{counted, shown};

/// URLs that one sitemap may hold.
const SITEMAP: usize = 50_000;

/// What the documents are made of.
pub(super) struct Machine<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) site: &'a SiteView,
    /// Live servers in order.
    pub(super) servers: &'a [&'a Summary],
    /// Pages that are not a server's, from the site's root.
    pub(super) pages: &'a [String],
}

/// A list of pages, or of more sitemaps when `index` is true.
#[derive(Serialize)]
struct Sitemap<'a> {
    index: bool,
    urls: Vec<SitemapUrl<'a>>,
}

/// A line of it; `modified` is known for servers only.
#[derive(Serialize)]
struct SitemapUrl<'a> {
    url: String,
    modified: Option<&'a str>,
}

impl Machine<'_> {
    /// Gives every document for machines to `emit`.
    pub(super) fn artifacts<E>(&self, emit: &Emit<'_, E>) -> Result<(), E> {
        let robots = Artifact::file(["robots.txt"], Media::Text, self.robots());
        robots.into_iter().chain(self.share()).try_for_each(emit)?;
        if !self.site.public {
            return Ok(());
        }
        let llms = Artifact::file(["llms.txt"], Media::Text, self.llms());
        llms.into_iter().try_for_each(emit)?;
        let Some(base) = self.site.base_url.as_deref() else { return Ok(()) };
        self.sitemaps(base, emit)?;
        let text = self.catalog.render("opensearch.xml", self.site);
        let file = |text| Artifact::file(["opensearch.xml"], Media::Xml, text);
        text.and_then(file).into_iter().try_for_each(emit)
    }

    /// `robots.txt`: allows crawlers everything or nothing.
    fn robots(&self) -> String {
        if !self.site.public {
            return "User-agent: *\nDisallow: /\n".to_owned();
        }
        let mut text = "User-agent: *\nAllow: /\n".to_owned();
        if let Some(base) = &self.site.base_url {
            text.push_str(&format!("\nSitemap: {base}/sitemap.xml\n"));
            if self.site.agents {
                text.push_str(&format!("Agentmap: {base}/.well-known/ard.json\n"));
            }
        }
        text
    }

    /// The picture for previews; one for all pages.
    fn share(&self) -> Option<Artifact> {
        let context = serde_json::json!({
            "name": self.site.name,
            "tagline": self.site.tagline,
            "count": counted(self.servers.len(), "MCP server"),
            "accent": colour::for_light(&self.catalog.settings.accent),
        });
        let text = self.catalog.render("share.svg", context)?;
        Artifact::file(["assets", "share.svg"], Media::Svg, text)
    }

    /// One sitemap, or an index and several.
    fn sitemaps<E>(&self, base: &str, emit: &Emit<'_, E>) -> Result<(), E> {
        let pages = self.pages.iter().map(|page| (page.clone(), None));
        let servers = self.servers.iter().filter_map(|s| Some((page(s)?, Some(&*s.updated))));
        let urls: Vec<(String, Option<&str>)> = pages.chain(servers).collect();
        let one = |name: &str, index: bool, urls: &[(String, Option<&str>)]| {
            let urls = urls.iter().map(|(page, modified)| SitemapUrl {
                url: format!("{base}/{page}"),
                modified: *modified,
            });
            let text =
                self.catalog.render("sitemap.xml", Sitemap { index, urls: urls.collect() })?;
            Artifact::file([name], Media::Xml, text)
        };
        if urls.len() <= SITEMAP {
            return one("sitemap.xml", false, &urls).into_iter().try_for_each(emit);
        }
        let mut names = Vec::new();
        for (i, part) in urls.chunks(SITEMAP).enumerate() {
            let name = format!("sitemap-{}.xml", i + 1);
            one(&name, false, part).into_iter().try_for_each(emit)?;
            names.push((name, None));
        }
        one("sitemap.xml", true, &names).into_iter().try_for_each(emit)
    }

    /// A short guide for language models: what is here and where the data is.
    ///
    /// Links need an absolute address to be of use elsewhere; without one they begin at the root.
    fn llms(&self) -> String {
        let base = self.site.base_url.as_deref().unwrap_or("");
        let line = |text: &str| shown(&text.replace(['\n', '\r'], " "));
        let links = |list: &[(&str, &str)]| -> String {
            list.iter().map(|(path, what)| format!("- [{path}]({base}/{path}): {what}\n")).collect()
        };
        let mut text = format!("# {}\n\n> {}\n\n", line(&self.site.name), line(&self.site.tagline));
        text.push_str(&format!(
            "A registry of {}. Fetch the document that answers your question.\n\n## Questions\n\n",
            counted(self.servers.len(), "MCP server")
        ));
        text.push_str(&links(&[
            ("v0.1/servers", "Which servers are there? JSON, each with its latest version"),
            (
                "v0.1/servers/{namespace}%2F{name}/versions/latest",
                "What is this server, which packages and remotes has it, what does it need? JSON",
            ),
            ("v0.1/servers/{namespace}%2F{name}/versions", "Which versions has it? JSON"),
            (
                "servers/{namespace}/{name}/",
                "How is it installed in a client? A page with commands and files",
            ),
            ("feed.xml", "What is new, deprecated or withdrawn? Atom; as a page: changes/"),
            ("connect/", "How is a client connected to this registry? A page"),
            ("allowlist/", "What may clients run that enforce this registry? A page with files"),
        ]));
        if self.site.policy {
            text.push_str(&links(&[(
                "policy/",
                "Why is a server not listed? A page; as JSON: policy/policy.json",
            )]));
        }
        text.push_str("\n## For programs\n\n");
        text.push_str(&links(&[
            ("openapi.yaml", "the API described"),
            ("browse/", "pages of servers by package type, transport, namespace and status"),
        ]));
        if self.site.agents {
            let what = "the servers as an ARD and AI Catalog document";
            text.push_str(&links(&[(".well-known/ard.json", what)]));
        }
        if self.catalog.exports.has("all") {
            let what = "every version of every server, one JSON document on each line, packed";
            text.push_str(&links(&[(&BULK.join("/"), what)]));
        }
        text
    }
}
