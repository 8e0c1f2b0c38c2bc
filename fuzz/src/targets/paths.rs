//! Request targets, answered by the live server's routes over the sample registry.

use mcp_static::internals::pipeline::{LoadOptions, Silent};
use mcp_static::internals::serve::{LiveSource, Method, Request};

use super::Target;

/// Paths and queries of requests.
pub const PATH: Target = Target {
    name: "path",
    about: "paths and queries of the live server",
    seeds: || {
        super::texts(&[
            "/v0.1/servers",
            "/v0.1/servers?limit=2&search=a&version=latest&include_deleted=true",
            "/v0.1/servers/com.example%2Fweather/versions/latest",
            "/v0/servers?cursor=a%2Fb:1.0.0&updated_since=2026-01-01T00:00:00Z",
            "/index.html",
            "//v0.1//health/",
        ])
    },
    words: &[
        "%2F", "%2f", "%00", "%", "%zz", "..", "/../", "%2e%2e", "\\", "?", "&", "=", "limit=",
        "cursor=", "versions", "latest", "servers", "v0.1", "+", "é", "%c3%28", "#",
    ],
    prepare,
};

fn prepare(hunt: &mut dyn FnMut(&super::Check<'_>)) {
    let mut options = LoadOptions::default();
    options.data = concat!(env!("CARGO_MANIFEST_DIR"), "/../registry-data").into();
    options.catalog = true;
    let reading = LiveSource::new(options).read(&Silent).expect("the sample registry");
    let live = reading.live.expect("the sample registry has no errors");
    assert!(live.size().0 > 0, "the sample registry has servers");
    hunt(&|bytes| {
        let target = super::text(bytes);
        let got = live.answer(&Request::get(&target));
        let head = Request { method: Method::Head, ..Request::get(&target) };
        assert_eq!(live.answer(&head).status(), got.status(), "HEAD is GET without a body");
        let known = [200, 308, 400, 404, 422];
        assert!(known.contains(&got.status()), "{target:?} is answered with {}", got.status());
    });
}
