//! What every page has: the frame around its body.
//!
//! A template sees `site` (the same on every page), `page` (this page) and `it` (its body).

use std::sync::Arc;

use serde::Serialize;

use crate::config::CatalogSettings;
use crate::site::{Artifact, Media, Shape, UrlPath};

use super::super::Facts;
use super::Catalog;
use super::assets::AssetLinks;
use super::engine::{self, value};
use super::place::{Href, PagePlace};
use super::text::{Moment, shown};

/// What is the same on every page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SiteView {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) tagline: String,
    pub(super) base_url: Option<String>,
    pub(super) public: bool,
    /// Whether the registry has a policy, which has a page.
    pub(super) policy: bool,
    /// Whether there is a catalog for agents.
    pub(super) agents: bool,
    logo: Option<String>,
    logo_text: Option<String>,
    footer: Option<String>,
    links: Vec<Link>,
    request: Option<String>,
    assets: AssetLinks,
    /// All this as templates read it, converted once for many pages.
    #[serde(skip)]
    value: engine::Value,
    #[serde(skip)]
    wanted: Wanted,
}

#[derive(Debug, Clone, Serialize)]
struct Link {
    text: String,
    url: String,
}

/// Which pages are made; a server that makes pages on demand wants one.
#[derive(Clone)]
pub struct Wanted(Option<Arc<Wants>>);

type Wants = dyn Fn(&UrlPath) -> bool + Send + Sync;

impl Wanted {
    /// Every page.
    pub const ALL: Self = Self(None);

    /// The pages for whose paths `wants` is true.
    pub fn of(wants: impl Fn(&UrlPath) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(wants)))
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wanted")
    }
}

/// The sentence under the heading unless the settings have another.
const TAGLINE: &str =
    "MCP servers that you can connect to your editor, your assistant and your agents.";

impl SiteView {
    pub(super) fn new(catalog: &Catalog, facts: &Facts) -> Self {
        let settings: &CatalogSettings = &catalog.settings;
        let name = shown(&facts.name);
        let is_picture = |logo: &&String| logo.starts_with("https://");
        let request = settings.request.clone().or_else(|| Some(catalog.forge.as_ref()?.request()));
        let links = settings.links.iter();
        let links = links.map(|link| Link { text: shown(&link.text), url: link.url.clone() });
        let mut site = Self {
            title: settings.title.as_deref().map_or_else(|| name.clone(), shown),
            tagline: shown(settings.tagline.as_deref().unwrap_or(TAGLINE)),
            base_url: facts.base_url.as_ref().map(|url| url.as_str().to_owned()),
            public: catalog.public,
            policy: facts.policy.is_some(),
            agents: facts.base_url.is_some() && catalog.exports.has("ard"),
            logo: settings.logo.as_ref().filter(is_picture).cloned(),
            logo_text: settings.logo.as_ref().filter(|logo| !is_picture(logo)).map(|l| shown(l)),
            footer: settings.footer.as_deref().map(shown),
            links: links.collect(),
            request: request.filter(|url| !url.is_empty()),
            assets: catalog.assets.links.clone(),
            name,
            value: engine::Value::UNDEFINED,
            wanted: Wanted::ALL,
        };
        site.value = value(&site);
        site
    }

    /// Leaves out the pages that are not wanted.
    pub(super) fn only(self, wanted: Wanted) -> Self {
        Self { wanted, ..self }
    }

    /// Whether the page at `path` is made.
    pub(super) fn wants(&self, path: &UrlPath) -> bool {
        self.wanted.0.as_ref().is_none_or(|wanted| wanted(path))
    }
}

/// What differs from page to page in the frame.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct PageHead {
    /// Path to the site's root. The first fields are found fastest, and this one is used most.
    root: String,
    /// Address of the file of icons.
    icons: String,
    /// Which part of the menu it belongs to.
    section: &'static str,
    /// In the browser's tab; empty on the front page.
    title: String,
    /// For search engines and previews.
    description: String,
    /// Its JSON twin, from the site's root.
    json: Option<Href>,
    /// The server's card, likewise.
    card: Option<Href>,
    /// Its absolute URL, or that of its canonical page.
    canonical: Option<String>,
    /// When the data was committed, and in which commit. Only on pages that every change renews.
    built: Option<Built>,
    /// Whether search engines should ignore it though the registry is public.
    hidden: bool,
}

/// The commit that a page was made from.
#[derive(Debug, Clone, Serialize)]
struct Built {
    at: Moment,
    commit: String,
}

impl PageHead {
    pub(super) fn new(section: &'static str, title: &str, description: &str) -> Self {
        Self {
            section,
            title: title.to_owned(),
            description: description.to_owned(),
            ..Self::default()
        }
    }

    /// Names the commit at the foot of the page, unless part of it is held back.
    pub(super) fn built(mut self, facts: &Facts) -> Self {
        let commit = facts.commit.as_ref().filter(|_| !facts.holds_back);
        self.built = commit.map(|(id, at)| Built {
            at: Moment::new(at.as_str()),
            commit: id.chars().take(7).collect(),
        });
        self
    }

    /// Sets the JSON twin.
    pub(super) fn json(mut self, json: Option<&Href>) -> Self {
        self.json = json.cloned();
        self
    }

    /// Sets the server's card.
    pub(super) fn card(mut self, card: Option<&Artifact>) -> Self {
        self.card = card.map(|card| card.path.to_string().trim_start_matches('/').to_owned());
        self
    }

    /// Sets the canonical page.
    pub(super) fn canonical(mut self, site: &SiteView, href: Option<&str>) -> Self {
        self.canonical =
            site.base_url.as_ref().zip(href).map(|(base, href)| format!("{base}/{href}"));
        self
    }
}

impl Catalog {
    /// Renders the page at `place`.
    pub(super) fn page(
        &self,
        site: &SiteView,
        place: PagePlace,
        template: &str,
        mut head: PageHead,
        it: impl Serialize,
    ) -> Option<Artifact> {
        if !site.wants(&place.path) {
            return None;
        }
        if head.canonical.is_none() {
            head = head.canonical(site, Some(&place.href));
        }
        let text = self.framed(site, place.root, template, head, it)?;
        Some(Artifact::new(place.path, Shape::Endpoint, Media::Html, text))
    }

    /// Renders `template` in its frame; `root` is the path to the site's root.
    fn framed(
        &self,
        site: &SiteView,
        root: String,
        template: &str,
        mut head: PageHead,
        it: impl Serialize,
    ) -> Option<String> {
        head.icons = format!("{root}{}", site.assets.icons);
        head.root = root;
        let context = engine::context(site.value.clone(), value(&head), value(it));
        self.engine.render(template, context)
    }

    /// Renders the page for wrong links. It may be served at any depth, so its links begin with the path
    /// of the base URL.
    pub(super) fn not_found(&self, site: &SiteView, facts: &Facts) -> Option<Artifact> {
        let head = PageHead::new("", "Not found", "There is nothing at this address.");
        let root = format!("{}/", facts.base_url.as_ref().map_or("", |url| url.path()));
        let head = PageHead { hidden: true, ..head };
        let text = self.framed(site, root, "404.html", head, ())?;
        Artifact::file(["404.html"], Media::Html, text)
    }

    /// Renders a template that has no frame.
    pub(super) fn render(&self, template: &str, context: impl Serialize) -> Option<String> {
        self.engine.render(template, value(context))
    }
}
