//! Settings, templates, assets, and what the next build remembers.

use std::collections::BTreeSet;

use super::{at, of, text};
use crate::project::{Project, home, tree};

const BUILD: [&str; 3] = ["build", "--base-url", "https://registry.example.com"];

#[test]
fn no_template_passes_text_unescaped() {
    let mut seen = 0;
    for (name, bytes) in tree(&home().join("templates")) {
        let text = String::from_utf8(bytes).unwrap();
        if !name.contains('/') {
            seen += 1;
            for bad in ["|safe", "| safe", "autoescape", " style=", "onclick", "<style"] {
                assert!(!text.contains(bad), "{name}: {bad}");
            }
        }
    }
    assert!(seen > 12, "only {seen} templates");
}

#[test]
fn script_and_style_sheet_stay_small_and_alone() {
    for name in ["index.js", "search.js", "catalog.js", "install.js", "style.css", "server.css"] {
        let text = std::fs::read_to_string(home().join("site").join(name)).unwrap();
        assert!(text.lines().count() <= 400, "{name} has {} lines", text.lines().count());
        for bad in ["eval(", "innerHTML", "outerHTML", "document.write", "@import", "url(http"] {
            assert!(!text.contains(bad), "{name}: {bad}");
        }
    }
}

/// The classes that a line of a style sheet names before its declarations.
fn classes(line: &str) -> impl Iterator<Item = &str> {
    let selector = line.split_once('{').map_or("", |(selector, _)| selector);
    selector.split('.').skip(1).map(|rest| {
        rest.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-').next().unwrap_or("")
    })
}

#[test]
fn exceptions_stand_behind_the_rules_that_they_change() {
    let sheet = |name: &str| std::fs::read_to_string(home().join("site").join(name)).unwrap();
    let (all, server) = (sheet("style.css"), sheet("server.css"));
    // Rules for the server's page follow style.css, so one of its exceptions for them would be lost.
    let own = |text: &str| {
        let rules = text.lines().filter(|line| line.starts_with('.'));
        rules.flat_map(classes).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let (shared, own) = (own(&all), own(&server));
    assert!(own.contains("tablist") && own.contains("history"));
    let exceptions: Vec<_> =
        all.lines().filter(|line| line.starts_with("  ")).flat_map(classes).collect();
    assert!(exceptions.contains(&"foot"));
    for class in exceptions {
        assert!(shared.contains(class) || !own.contains(class), "move .{class} to server.css");
    }
}

#[test]
fn settings_change_the_face() {
    let project = Project::sample();
    project.file(
        "registry-data/registry.toml",
        "[registry]\nname = \"Tools\"\n\n[catalog]\ntitle = \"Tools & more\"\ntagline = \"For us.\"\nlogo = \"🧰\"\naccent = \"#C0FFEE\"\nfooter = \"Run by IT.\"\nlinks = [{ text = \"Help\", url = \"https://help.example.com\" }]\nrequest = \"https://forms.example.com/new\"\n",
    );
    let home = text(&of(&project), "");
    for part in [
        "<h1>Tools &amp; more</h1>",
        "For us.",
        "<span class=logo aria-hidden=true>🧰</span>",
        "Run by IT.",
        "<a href=\"https://help.example.com\">Help</a>",
        "href=\"https://forms.example.com/new\"",
    ] {
        assert!(home.contains(part), "{part}");
    }
}

#[test]
fn pictures_of_entries_are_loaded_where_the_settings_or_the_visibility_say_so() {
    for (settings, loaded) in [
        ("[registry]\nvisibility = \"public\"", true),
        ("[registry]\nvisibility = \"private\"", false),
        ("[registry]\nvisibility = \"public\"\n[catalog]\nicons = \"off\"", false),
        ("[registry]\nvisibility = \"private\"\n[catalog]\nicons = \"on\"", true),
    ] {
        let project = Project::sample();
        project.file("registry-data/registry.toml", settings);
        let site = of(&project);
        let picture = "<img src=\"https://lighthouse.example.com/icons/tides-128.png\"";
        let server = "servers/com.example.lighthouse/tides";
        for path in ["", "browse/all", server, &format!("{server}/1.2.0")] {
            assert_eq!(text(&site, path).contains(picture), loaded, "{settings}: {path:?}");
        }
        let shards = site.artifacts().filter(|a| a.path.as_str().starts_with("assets/search/0."));
        let found =
            shards.into_iter().any(|a| String::from_utf8_lossy(&a.body).contains("tides-128.png"));
        assert_eq!(found, loaded, "{settings}");
    }
}

#[test]
fn wrong_settings_are_named_with_their_line() {
    for (line, says) in [
        ("accent = \"red\"", "accent"),
        ("logo = \"https://example.com/a.svg\"", "logo"),
        ("templates = \"../elsewhere\"", "templates"),
        ("request = \"javascript:alert(1)\"", "request"),
        ("links = [{ text = \"x\", url = \"javascript:alert(1)\" }]", "links"),
        ("icons = \"sometimes\"", "icons"),
        ("colour = \"#ffffff\"", "colour"),
        ("clients = [\"netscape\"]", "netscape"),
    ] {
        let project = Project::sample();
        project.file("registry-data/registry.toml", &format!("[catalog]\n{line}\n"));
        project.run(&["check"]).expect(1).says("settings-invalid").says(says);
    }
}

#[test]
fn links_into_the_forge_come_from_the_remote() {
    let project = Project::sample();
    let repo = project.git();
    repo.remote("origin", "https://token@github.com/acme/tools.git").unwrap();
    project.commit(1_790_000_000);
    let site = of(&project);
    let page = text(&site, "servers/com.example.lighthouse/tides");
    let folder = "registry-data/servers/com.example.lighthouse/tides";
    for link in [
        format!("https://github.com/acme/tools/commits/main/{folder}/2.1.0"),
        format!("https://github.com/acme/tools/blob/main/{folder}/2.1.0/server.json"),
        format!("https://github.com/acme/tools/new/main/{folder}/2.1.0?filename=status.json"),
    ] {
        assert!(page.contains(&link), "{link}");
    }
    assert!(!page.contains("token@"));
    assert!(
        text(&site, "")
            .contains("https://github.com/acme/tools/new/main/registry-data/servers?filename=")
    );
    project.file("registry-data/registry.toml", "[catalog]\nedit = false\n");
    assert!(!text(&of(&project), "").contains("github.com/acme/tools"));
}

#[test]
fn a_folder_of_templates_replaces_built_in_ones() {
    let project = Project::sample();
    project.file("registry-data/registry.toml", "[catalog]\ntemplates = \"looks\"\n");
    project.file("looks/404.html", "{% extends \"base.html\" %}{% block main %}<h1>Lost</h1>{% include \"partials/way.html\" %}{% endblock %}");
    project.file("looks/partials/way.html", "<p>Home is at {{ page.root }}</p>");
    project.file("looks/style.css", "body { color: red }");
    let site = of(&project);
    assert!(text(&site, "404.html").contains("<h1>Lost</h1><p>Home is at /catalog/</p>"));
    let style = site.artifacts().find(|a| a.path.as_str().ends_with(".css")).unwrap();
    assert!(String::from_utf8_lossy(&style.body).contains("color: red"));
}

#[test]
fn a_broken_template_is_a_finding_and_nothing_is_written() {
    for (name, template, says) in [
        ("home.html", "one\ntwo {% if %}", "looks/home.html:2"),
        ("home.html", "{{ site.nonsense }}", "looks/home.html:1"),
        ("hoem.html", "", "did you mean home.html?"),
    ] {
        let project = Project::sample();
        project.file("registry-data/registry.toml", "[catalog]\ntemplates = \"looks\"\n");
        project.file(&format!("looks/{name}"), template);
        project.git();
        project.commit(1_790_000_000);
        project.run(&BUILD).expect(1).says("settings-invalid").says(says);
        assert!(!project.path("_site/index.html").exists());
    }
}

#[test]
fn a_second_build_reads_no_server_again_and_writes_nothing() {
    let project = Project::sample();
    project.git();
    project.commit(1_790_000_000);
    project.run(&BUILD).expect(0);
    let first = tree(&project.path("_site"));
    project.run(&BUILD).expect(0).says("0 files written");
    assert!(first == tree(&project.path("_site")));
    // What spans servers is made of what was remembered.
    let folder = "registry-data/servers/com.example/status-page/1.0.0";
    project.file(
        &format!("{folder}/status.json"),
        "{\"status\":\"deprecated\",\"statusMessage\":\"old\"}",
    );
    project.commit(1_790_000_100);
    project.run(&BUILD).expect(0);
    let warm = tree(&project.path("_site"));
    project.remove("_site").remove(".mcp-static");
    project.run(&BUILD).expect(0);
    let cold = tree(&project.path("_site"));
    for (path, bytes) in &cold {
        assert!(warm.get(path) == Some(bytes), "{path} differs");
    }
    assert_eq!(warm.len(), cold.len());
}

#[test]
fn only_the_api_has_no_pages() {
    let project = Project::sample();
    project.git();
    project.commit(1_790_000_000);
    project.build_api().expect(0);
    for path in ["index.html", "assets", "servers", "exports", "robots.txt"] {
        assert!(!project.path(&format!("_site/{path}")).exists(), "{path}");
    }
    project.run(&BUILD).expect(0);
    assert!(project.path("_site/index.html").exists());
    project.build_api().expect(0);
    assert!(!project.path("_site/index.html").exists());
}

#[test]
fn assets_carry_the_digest_of_their_bytes() {
    let site = of(&Project::sample());
    let home = text(&site, "");
    let style = home.split("href=./").find(|part| part.starts_with("assets/style.")).unwrap();
    let style = style.split('>').next().unwrap();
    let artifact = at(&site, style).unwrap();
    assert_eq!(artifact.freshness, mcp_static::internals::site::Freshness::Immutable);
    assert_eq!(style.len(), "assets/style.12345678.css".len());
}
