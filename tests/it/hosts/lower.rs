//! Lowering in memory: every host gets the same files as from a build, byte by byte.

use std::collections::BTreeMap;

use mcp_static::internals::config::BaseUrl;
use mcp_static::internals::pipeline::{
    BuildOptions, BuildTarget, LoadOptions, Silent, build, check, load,
};
use mcp_static::internals::site::{
    Artifact, Body, Freshness, HOSTS, Media, Shape, Shortfall, SiteParts, UrlPath, host_named,
    lower, write,
};

use crate::project::{Project, tree};

#[test]
fn lowering_in_memory_gives_the_files_of_a_build() {
    let project = Project::sample();
    let options = LoadOptions {
        data: project.path("registry-data"),
        base_url: BaseUrl::parse("https://acme.example.com/registry").ok(),
        catalog: true,
        ..LoadOptions::default()
    };
    let loaded = load(&options).unwrap();
    let (registry, _) = check(&loaded, &Silent).unwrap();
    let parts = loaded.renderer().render(&registry);
    for host in HOSTS.iter().copied() {
        let out = project.path(&format!("built-{}", host.name()));
        let target = BuildTarget { host, out: &out };
        let built = build(&loaded, &[target], &BuildOptions::default(), &Silent).unwrap();
        let files = lower(host, &parts);
        let lowered: BTreeMap<String, Vec<u8>> =
            files.iter().map(|(path, bytes)| (path.to_owned(), bytes.to_owned())).collect();
        let on_disk = tree(&out);
        let name = host.name();
        assert_eq!(
            lowered.keys().collect::<Vec<_>>(),
            on_disk.keys().collect::<Vec<_>>(),
            "{name}: other files"
        );
        assert!(lowered == on_disk, "{name}: other bytes");
        assert_eq!(files.len(), on_disk.len());
        assert_eq!(
            files.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>(),
            on_disk.values().map(|bytes| bytes.len() as u64).sum::<u64>()
        );
        assert_eq!(files.get("manifest.json"), on_disk.get("manifest.json").map(Vec::as_slice));
        let written = project.path(&format!("written-{name}"));
        let counts = write(&files, &written).unwrap();
        assert!(tree(&written) == on_disk, "{name}: other files after write");
        assert_eq!(counts, built.written[0], "{name}");
        assert_eq!(write(&files, &written).unwrap().written, 0, "{name}");
    }
}

#[test]
fn a_site_with_colliding_paths_is_not_written() {
    let artifact = |name| Artifact {
        path: UrlPath::new(["servers", name]).unwrap(),
        shape: Shape::File,
        media: Media::Text,
        freshness: Freshness::Revalidate,
        body: Body::from("text".to_owned()),
    };
    let servers = vec![artifact("a.txt"), artifact("A.txt")];
    let files = lower(host_named("plain").unwrap(), &SiteParts { servers, ..SiteParts::default() });
    assert!(files.shortfalls().iter().any(Shortfall::is_fatal), "{:?}", files.shortfalls());
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("site");
    assert!(write(&files, &out).unwrap_err().to_string().contains("side by side"));
    assert!(!out.exists());
}
