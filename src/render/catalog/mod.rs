//! The catalog: the pages that people see.
//!
//! ```text
//! listing ─▶ ServerView ─▶ server.html, version.html, badge       (depends on this server alone)
//!        └─▶ Summary ─▶ lists, facets, changes, feed, search …    (spans servers)
//! ```
//!
//! Text that others wrote always passes `text::shown` on its way into a view and the engine's escaping
//! on its way into a page; their addresses pass `text::web_link`. Pages contain no inline scripts or
//! styles and no absolute links between pages, and depend on no clock.

mod annotations;
mod assets;
mod changes;
mod colour;
mod enforce;
mod engine;
mod facets;
mod forge;
mod inputs;
mod list;
mod machine;
mod more;
mod numbers;
mod overridden;
mod pack;
mod page;
mod place;
mod policy;
mod search;
mod server;
mod spanning;
mod squeeze;
mod summary;
mod systems;
mod tabs;
mod text;
mod touches;
mod works;

use std::collections::BTreeMap;

use crate::config::{CatalogSettings, ExportSettings, Icons, Visibility};
use crate::diag::nearest;
use crate::model::Listing;
use crate::site::{Artifact, Media};

use super::Facts;
use super::export::{self, Bulk, CatalogFiles, ServerExports};
use super::install::{Clients, InstallContext, recipe};
use assets::Assets;
pub use enforce::Enforcement;
use engine::Engine;
pub use engine::TemplateProblem;
use forge::Forge;
pub use forge::RemoteRepository;
pub use page::Wanted;
use page::{PageHead, SiteView};
use server::ServerView;
pub use spanning::Part;
pub use summary::Summary;
use tabs::Tabs;

/// Files that replace built-in templates and assets: name → text.
pub type Overrides = BTreeMap<String, String>;

/// Everything that turns servers into pages.
#[derive(Debug)]
pub struct Catalog {
    settings: CatalogSettings,
    exports: ExportSettings,
    public: bool,
    /// Whether pages load the pictures of entries.
    icons: bool,
    forge: Option<Forge>,
    clients: Clients,
    engine: Engine,
    assets: Assets,
    digest: String,
    /// Whether an operator has replaced templates.
    customized: bool,
}

impl Catalog {
    /// Makes a catalog with the look of `settings`; `overrides` replace built-in files.
    pub fn new(
        settings: &CatalogSettings,
        visibility: Visibility,
        repository: Option<&RemoteRepository>,
        overrides: &Overrides,
    ) -> Result<Self, TemplateProblem> {
        overrides.keys().try_for_each(|name| known(name))?;
        let digest = format!(
            "{}{}{settings:?}\n{visibility:?}\n{repository:?}\n{overrides:?}",
            engine::digest(),
            assets::digest()
        );
        let forge = repository.filter(|_| settings.edit);
        let clients = match settings.clients.as_slice() {
            [] => Clients::default(),
            words => Clients::new(words.iter().map(String::as_str)),
        };
        Ok(Self {
            clients,
            engine: Engine::new(overrides)?,
            assets: Assets::new(settings, overrides),
            forge: forge.and_then(|repository| Forge::of(repository, settings)),
            public: visibility == Visibility::Public,
            icons: settings.icons.map_or(visibility == Visibility::Public, Icons::are_on),
            settings: settings.clone(),
            exports: ExportSettings::default(),
            digest,
            customized: !overrides.is_empty(),
        })
    }

    /// Makes the files for other systems as `settings` say.
    pub fn with_exports(mut self, settings: &ExportSettings) -> Self {
        self.exports = settings.clone();
        self
    }

    /// Begins the files that other systems read as a catalog.
    pub fn files(&self, facts: &Facts) -> CatalogFiles {
        CatalogFiles::new(&self.exports, facts)
    }

    /// Begins the file of all entries.
    pub fn bulk(&self) -> Option<Bulk> {
        Bulk::new(&self.exports)
    }

    /// Identifies everything that pages depend on besides data and facts.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether an operator has replaced templates, so that rendering can fail.
    pub fn is_customized(&self) -> bool {
        self.customized
    }

    /// Returns the errors of templates while pages were rendered. Pages that failed are missing.
    pub fn problems(&self) -> Vec<TemplateProblem> {
        self.engine.problems()
    }

    /// Renders the pages of one server, and sums it up for the pages that span servers.
    ///
    /// Versions that are deleted have no page. When all are, there is only the summary, for the pages of
    /// changes.
    pub(super) fn listing(&self, listing: &Listing, facts: &Facts) -> (Vec<Artifact>, Summary) {
        (self.pages(listing, facts, Wanted::ALL), self.summary(listing))
    }

    /// Sums up a server for the pages that span servers.
    pub fn summary(&self, listing: &Listing) -> Summary {
        Summary {
            exports: (&ServerExports::new(listing)).into(),
            ..self.summary_without_exports(listing)
        }
    }

    /// Sums up a server for the pages of all [`Part`]s but the exports.
    pub fn summary_without_exports(&self, listing: &Listing) -> Summary {
        Summary::new(listing, listing.live_latest().map(|entry| &*entry.server), self.icons)
    }

    /// Renders the wanted pages of one server. A page needs the documents of its own version and of the
    /// latest one only.
    pub(super) fn pages(&self, listing: &Listing, facts: &Facts, wanted: Wanted) -> Vec<Artifact> {
        let mut artifacts = Vec::new();
        let Some((entry, place)) = listing.live_latest().zip(server::place(listing)) else {
            return artifacts;
        };
        let lens = &*entry.server;
        let site = SiteView::new(self, facts).only(wanted);
        let server_href = place.href.clone();
        let (whole, forge) = (0..listing.entries().len(), self.forge.as_ref());
        let recipes = recipe::recipes(lens);
        let mut view = ServerView::new(listing, (entry, lens, &recipes), whole, forge);
        view.icon = view.icon.filter(|_| self.icons);
        view.structured = site.public.then(|| server::structured(lens, entry));
        let context =
            InstallContext { base_url: site.base_url.as_deref(), clients: self.clients.clone() };
        view.tabs = Tabs::new((lens, &recipes), &context, &self.assets.shared);
        let card = export::card(listing, &self.exports);
        let head = PageHead::new("servers", &view.title, &view.description)
            .json(view.json.as_ref())
            .card(card.as_ref());
        artifacts.extend(card);
        artifacts.extend(self.badge(listing, &view));
        artifacts.extend(self.page(&site, place, "server.html", head, &view));
        for entry in listing.live().filter(|other| *other != entry) {
            let place = server::version_place(listing, entry);
            let Some(place) = place.filter(|place| site.wants(&place.path)) else { continue };
            let window = server::around(listing, entry);
            let of = (entry, &*entry.server, &*recipe::recipes(&entry.server));
            let mut view = ServerView::new(listing, of, window, forge);
            view.icon = view.icon.filter(|_| self.icons);
            let title = format!("{} {}", view.title, entry.version);
            let head = PageHead::new("servers", &title, &view.description)
                .json(view.json.as_ref())
                .canonical(&site, Some(&server_href));
            artifacts.extend(self.page(&site, place, "version.html", head, &view));
        }
        artifacts.retain(|artifact| site.wants(&artifact.path));
        artifacts
    }

    /// A picture of the latest version, for readmes elsewhere; its name stays the same.
    fn badge(&self, listing: &Listing, view: &ServerView) -> Option<Artifact> {
        let name = listing.name();
        let path = ["servers", name.namespace().as_str(), name.name(), "badge.svg"];
        let text = self.render("badge.svg", view.badge(&self.settings.accent))?;
        Artifact::file(path, Media::Svg, text)
    }
}

/// Rejects a file that replaces no built-in file: its name is probably misspelt.
fn known(name: &str) -> Result<(), TemplateProblem> {
    let mut known = engine::names().chain(assets::names());
    let is_partial = name.starts_with("partials/") && name.ends_with(".html");
    if is_partial || known.any(|known| known == name) {
        return Ok(());
    }
    let message = match nearest(name, engine::names().chain(assets::names())) {
        Some(near) => format!("no template has this name; did you mean {near}?"),
        None => "no template has this name; put your own partials into partials/".to_owned(),
    };
    Err(TemplateProblem { template: name.to_owned(), line: 0, message })
}
