//! Azure Static Web Apps: `index.html` twins and `staticwebapp.config.json`.
//!
//! Its rules have no captures and their file is limited to 20 KB, so documents are `index.html` twins,
//! which are sent as `text/html`. Paths with `+`, and folders whose name begins with an underscore, are
//! not found.

use serde_json::{Map, Value, json};

use super::super::Freshness;
use super::{
    Artifact, Capabilities, Cors, Host, HostFile, Manner, Order, Plus, Resolution, Shortfall, Whole,
};
use super::{canonical, is_document, is_spanning_v0, limits, plus, rules, twin};

/// Azure Static Web Apps.
pub(super) struct AzureStaticWebApps;

/// Most routes that are written, so that the settings stay below 20 KB.
const MAX_ROUTES: usize = 60;

impl Host for AzureStaticWebApps {
    fn name(&self) -> &'static str {
        "azure-static-web-apps"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            headers: true,
            max_files: Some(15_000),
            // The Standard plan; the free one takes half of it.
            max_site_bytes: Some(500_000_000),
            ..Capabilities::files(Resolution {
                folder_redirect: None,
                cors: Cors::Rules,
                manner: Manner {
                    rewrites: Order::First,
                    plus: Plus::Lost,
                    cache: Some("must-revalidate, max-age=30"),
                    ..Manner::USUAL
                },
                ..Resolution::USUAL
            })
        }
    }

    /// A document is an `index.html`, below `/v0` too, since rules have no captures. Rules lead from the
    /// documents below `/v0` that span servers.
    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        if is_spanning_v0(artifact) {
            return Vec::new();
        }
        vec![if is_document(artifact) { twin(artifact) } else { canonical(artifact) }]
    }

    fn rewrites(&self) -> Vec<(String, String)> {
        rules::spanning_rewrites()
    }

    /// There is no `navigationFallback`: with it every wrong link would be answered with 200.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let common: Map<String, Value> =
            rules::COMMON.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        let cache = |path: &str, freshness: Freshness| json!({ "route": path, "headers": { "Cache-Control": freshness.cache_control() } });
        // The first route that matches counts, so these have the headers of the folder too.
        let rewrite = |(from, to): (String, String)| {
            let mut route = cache(&from, Freshness::Revalidate);
            route["rewrite"] = to.into();
            route
        };
        let mut routes: Vec<Value> = self.rewrites().into_iter().map(rewrite).collect();
        let folders = ["/v0.1/*", "/v0/*"];
        routes.extend(folders.iter().map(|path| cache(path, Freshness::Revalidate)));
        let fixed = rules::immutable(whole);
        routes.extend(fixed.iter().take(MAX_ROUTES).map(|path| cache(path, Freshness::Immutable)));
        let settings = json!({
            "globalHeaders": common,
            "mimeTypes": { ".json": "application/json", ".yaml": "application/yaml" },
            "responseOverrides": { "404": { "rewrite": "/404.html" } },
            "routes": routes,
        });
        vec![HostFile::text("staticwebapp.config.json", rules::pretty(&settings))]
    }

    /// The type is reported at each build, because one client takes the registry for something else.
    fn shortfalls(&self, whole: &Whole<'_>) -> Vec<Shortfall> {
        let mut found = limits(self.name(), &self.capabilities(), &whole.totals);
        found.push(Shortfall::warning(
            "documents are sent as text/html here, which ToolHive does not recognize as a registry; other clients ignore the type",
            "choose another host if ToolHive is used, or allow host-shortfall",
        ));
        if whole.totals.bytes > 250_000_000 {
            found.push(Shortfall::warning(
                "the free plan takes 250 MB, and this site has more",
                "use the Standard plan, or publish fewer entries",
            ));
        }
        found.extend(plus(whole, "a path with `+` is not found here"));
        found
    }
}
