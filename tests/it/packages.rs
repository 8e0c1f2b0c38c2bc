//! Package registries with recorded answers: what proves a server, and what each refusal says.

use mcp_static::internals::config::{Config, PackageSettings};
use mcp_static::internals::data::digest;
use mcp_static::internals::model::PackageOutcome::{self, Missing, Present, Proven, Unproven};
use mcp_static::internals::package::{Answer, Asker, Doors, Newest, newest, prove, questions};
use mcp_static::internals::world::http::{Secret, Verb};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::fake::{FakeClock, FakeExchange};

const SERVER: &str = "com.example/weather";

struct World {
    public: FakeExchange,
    named: FakeExchange,
    clock: FakeClock,
    settings: PackageSettings,
    tokens: Vec<(&'static str, &'static str)>,
}

impl World {
    fn new(answers: Value) -> Self {
        Self {
            public: FakeExchange::new(answers),
            named: FakeExchange::default(),
            clock: FakeClock::at(1_800_000_000),
            settings: PackageSettings::default(),
            tokens: Vec::new(),
        }
    }

    fn ask(&self, package: &Value) -> Answer {
        let tokens = self.tokens.iter();
        let tokens = tokens.map(|(h, t)| ((*h).to_owned(), Secret::new(t).unwrap())).collect();
        let doors = Doors { public: &self.public, named: &self.named, clock: &self.clock, tokens };
        let asker = Asker::new(doors, &self.settings);
        let document = json!({ "name": SERVER, "packages": [package] });
        prove(&asker, &questions(&document)[0]).unwrap()
    }
}

fn known(answer: Answer) -> (PackageOutcome, String) {
    match answer {
        Answer::Known { outcome, saw, .. } => (outcome, saw),
        Answer::Unknown(why) => panic!("nothing is known: {why}"),
    }
}

fn unknown(answer: Answer) -> String {
    match answer {
        Answer::Unknown(why) => why,
        known => panic!("{known:?}"),
    }
}

fn package(kind: &str, identifier: &str, version: &str) -> Value {
    json!({ "registryType": kind, "identifier": identifier, "version": version })
}

/// Asks about one package in a world with these answers.
fn outcome(package: &Value, answers: Value) -> PackageOutcome {
    known(World::new(answers).ask(package)).0
}

#[test]
fn an_npm_package_names_its_server_in_mcp_name() {
    let weather = package("npm", "@acme/weather", "1.0.0+b");
    let url = "https://registry.npmjs.org/@acme%2Fweather/1.0.0%2Bb";
    let of = |body: Value| outcome(&weather, json!({ url: body }));
    assert_eq!(of(json!({ "mcpName": SERVER })), Proven);
    assert_eq!(of(json!({ "mcpName": "com.example/weather2" })), Unproven);
    assert_eq!(of(json!({ "mcpName": "COM.example/weather" })), Unproven);
    assert_eq!(of(json!({ "mcpName": [SERVER] })), Unproven);
    assert_eq!(of(json!({ "name": "weather" })), Unproven);
}

#[test]
fn what_is_missing_is_told_apart() {
    let weather = package("npm", "weather", "1.0.0");
    let (version, all) =
        ("https://registry.npmjs.org/weather/1.0.0", "https://registry.npmjs.org/weather");
    for (held, says) in
        [(200, "has other versions"), (404, "nor does any"), (403, "does not exist")]
    {
        let world = World::new(json!({ version: 404, all: held }));
        let (outcome, saw) = known(world.ask(&weather));
        assert_eq!(outcome, Missing);
        assert!(saw.contains(says), "{saw}");
        assert_eq!(world.public.asked()[1].verb, Verb::Head);
    }
}

#[test]
fn a_busy_or_silent_registry_decides_nothing() {
    let weather = package("npm", "weather", "1.0.0");
    let url = "https://registry.npmjs.org/weather/1.0.0";
    let busy = json!({ "status": 429, "headers": { "retry-after": "7" } });
    let world = World::new(json!({ url: [busy, 503, { "mcpName": SERVER }] }));
    assert_eq!(known(world.ask(&weather)).0, Proven);
    let waits: Vec<u64> = world.clock.waits().iter().map(|wait| wait.as_secs()).collect();
    assert_eq!(waits, [7, 2], "the host's own wait counts first");
    let late = json!({ "status": 429, "headers": { "retry-after": "3600" } });
    assert!(unknown(World::new(json!({ url: late })).ask(&weather)).contains("3600 seconds"));
    for answer in [json!(500), json!(429), json!("no json"), json!(401), json!(403), json!(302)] {
        let why = unknown(World::new(json!({ url: answer })).ask(&weather));
        assert!(why.contains("registry.npmjs.org"), "{why}");
    }
    let why = unknown(World::new(json!({ url: null })).ask(&weather));
    let help = "it is in a private network; [packages] in registry.toml can allow it by listing \"registry.npmjs.org\"";
    assert!(why.ends_with(help), "{why}");
    let silent = World::new(json!({}));
    unknown(silent.ask(&weather));
    assert_eq!(silent.public.asked().len(), 3);
}

#[test]
fn a_host_that_fails_again_and_again_is_left_alone() {
    let world = World::new(json!({}));
    let doors = Doors {
        public: &world.public,
        named: &world.named,
        clock: &world.clock,
        tokens: Default::default(),
    };
    let asker = Asker::new(doors, &world.settings);
    let packages = vec![package("npm", "weather", "1.0.0"); 5];
    let document = json!({ "name": SERVER, "packages": packages });
    for question in questions(&document) {
        unknown(prove(&asker, &question).unwrap());
    }
    assert_eq!(world.public.asked().len(), 9, "three tries for each of three packages");
}

#[test]
fn a_python_package_names_its_server_in_the_readme() {
    let weather = package("pypi", "acme.weather", "1.0.0");
    let url = "https://pypi.org/pypi/acme.weather/1.0.0/json";
    let of =
        |readme: &str| outcome(&weather, json!({ url: { "info": { "description": readme } } }));
    assert_eq!(of("# Weather\n<!-- mcp-name: com.example/weather -->"), Proven);
    assert_eq!(of("mcp-name: com.example/weatherman"), Unproven);
    assert_eq!(of(""), Unproven);
    let newest = "https://pypi.org/pypi/acme.weather/json";
    let info = |version: &str| json!({ "info": { "version": version, "description": "mcp-name: com.example/weather" } });
    assert_eq!(outcome(&weather, json!({ url: 404, newest: info("1.0.0") })), Proven);
    assert_eq!(outcome(&weather, json!({ url: 404, newest: info("2.0.0") })), Missing);
    assert_eq!(outcome(&weather, json!({ url: 404, newest: 404 })), Missing);
}

#[test]
fn a_nuget_package_names_its_server_in_the_readme_inside() {
    let weather = package("nuget", "Acme.Weather", "1.0.0-Beta+build");
    let index = json!({ "version": "3.0.0", "resources": [
        { "@id": "https://api.nuget.org/v3-flatcontainer/", "@type": "PackageBaseAddress/3.0.0" },
        { "@id": "https://api.nuget.org/v3-flatcontainer/{lower_id}/{lower_version}/readme", "@type": "ReadmeUriTemplate/6.13.0" },
    ] });
    let readme = "https://api.nuget.org/v3-flatcontainer/acme.weather/1.0.0-beta/readme";
    let list = "https://api.nuget.org/v3-flatcontainer/acme.weather/index.json";
    let ask = |readme_answer: Value, list_answer: Value| {
        let answers = json!({
            "https://api.nuget.org/v3/index.json": index, readme: readme_answer, list: list_answer,
        });
        World::new(answers).ask(&weather)
    };
    assert_eq!(known(ask(json!("mcp-name: com.example/weather"), json!(404))).0, Proven);
    assert_eq!(known(ask(json!("a readme"), json!(404))).0, Unproven);
    let (outcome, saw) = known(ask(json!(404), json!({ "versions": ["1.0.0-beta"] })));
    assert!(outcome == Unproven && saw.contains("no README"), "{saw}");
    let (outcome, saw) = known(ask(json!(404), json!({ "versions": ["0.9.0"] })));
    assert!(outcome == Missing && saw.contains("other versions"), "{saw}");
    let (outcome, saw) = known(ask(json!(404), json!(404)));
    assert!(outcome == Missing && saw.contains("nor does any"), "{saw}");
    let elsewhere =
        json!({ "status": 302, "headers": { "location": "https://evil.example/readme" } });
    assert!(unknown(ask(elsewhere, json!(404))).contains("another host"));
}

#[test]
fn a_crate_names_its_server_in_the_rendered_readme() {
    let weather = package("cargo", "weather", "1.0.0");
    let version = "https://crates.io/api/v1/crates/weather/1.0.0";
    let (place, all) = (format!("{version}/readme"), "https://crates.io/api/v1/crates/weather");
    let html = "https://static.crates.io/readmes/weather/weather-1.0.0.html";
    let ask = |url: &str, readme: Value, held: u16| {
        let answers = json!({ &place: { "url": url }, html: readme, version: held, all: 404 });
        World::new(answers).ask(&weather)
    };
    let named = json!("<p>mcp-name: com.example/weather</p>");
    assert_eq!(known(ask(html, named.clone(), 200)).0, Proven);
    assert_eq!(known(ask(html, json!("<p>weather</p>"), 200)).0, Unproven);
    let (outcome, saw) = known(ask(html, json!(403), 200));
    assert!(outcome == Unproven && saw.contains("no README"), "{saw}");
    assert_eq!(known(ask(html, json!(403), 404)).0, Missing);
    for elsewhere in
        ["https://evil.example/x", "http://static.crates.io/x", "https://static.crates.io:444/x"]
    {
        assert!(unknown(ask(elsewhere, named.clone(), 200)).contains("another host"));
    }
}

#[test]
fn a_bundle_has_to_be_there_and_proves_nothing() {
    let url = "https://github.com/acme/weather/releases/download/v1/weather.mcpb";
    let file = "https://objects.githubusercontent.com/weather";
    let bundle = package("mcpb", url, "");
    let found = json!({ "status": 302, "headers": { "location": file } });
    let world = World::new(json!({ url: found, file: 200 }));
    assert_eq!(known(world.ask(&bundle)).0, Present);
    assert!(world.public.asked().iter().all(|ask| ask.verb == Verb::Head));
    assert_eq!(outcome(&bundle, json!({ url: 404 })), Missing);
}

/// The answers of a registry for an image whose configuration is `config`.
fn image(base: &str, config: &Value) -> Value {
    let config = config.to_string();
    let blob = format!("sha256:{}", digest(config.as_bytes()));
    let manifest = json!({ "schemaVersion": 2, "config": { "digest": blob } }).to_string();
    let inner = format!("sha256:{}", digest(manifest.as_bytes()));
    let list = json!({ "manifests": [
        { "digest": "sha256:attestation", "platform": { "os": "unknown", "architecture": "unknown" } },
        { "digest": "sha256:arm", "platform": { "os": "linux", "architecture": "arm64" } },
        { "digest": inner, "platform": { "os": "linux", "architecture": "amd64" } },
    ] });
    json!({
        format!("{base}/manifests/1.0"): list,
        format!("{base}/manifests/{inner}"): manifest,
        format!("{base}/blobs/{blob}"): config,
    })
}

fn labelled(name: &str) -> Value {
    json!({ "config": { "Labels": { "io.modelcontextprotocol.server.name": name } } })
}

#[test]
fn an_image_names_its_server_in_a_label_of_its_configuration() {
    let weather = package("oci", "ghcr.io/acme/weather:1.0", "");
    let of = |config: &Value| outcome(&weather, image("https://ghcr.io/v2/acme/weather", config));
    assert_eq!(of(&labelled(SERVER)), Proven);
    assert_eq!(of(&labelled("com.example/other")), Unproven);
    assert_eq!(of(&json!({ "config": {} })), Unproven);
    assert_eq!(of(&json!({ "config": { "Labels": null } })), Unproven);
    let gone = json!({ "https://ghcr.io/v2/acme/weather/manifests/1.0": 404 });
    assert_eq!(outcome(&weather, gone), Missing);
    let hub = package("oci", "weather:1.0", "");
    let answers = image("https://registry-1.docker.io/v2/library/weather", &labelled(SERVER));
    assert_eq!(outcome(&hub, answers), Proven);
}

#[test]
fn a_registry_of_images_is_asked_for_a_token_first() {
    let base = "https://ghcr.io/v2/acme/weather";
    let mut answers = image(base, &labelled(SERVER));
    let challenge = "Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:acme/weather:pull\"";
    let manifest = format!("{base}/manifests/1.0");
    let refused = json!({ "status": 401, "headers": { "www-authenticate": challenge } });
    answers[&manifest] = json!([refused, answers[&manifest]]);
    let realm = "https://ghcr.io/token?service=ghcr.io&scope=repository%3Aacme%2Fweather%3Apull";
    answers[realm] = json!({ "token": "t0ken" });
    let world = World::new(answers.clone());
    let weather = package("oci", "ghcr.io/acme/weather:1.0", "");
    assert_eq!(known(world.ask(&weather)).0, Proven);
    let sent = |url: &str| {
        let asked = world.public.asked();
        let last = asked.iter().rev().find(|ask| ask.url.starts_with(url)).unwrap().clone();
        last.headers
            .iter()
            .find(|(name, _)| name == "Authorization")
            .map(|(_, value)| value.clone())
    };
    assert_eq!(sent(&manifest).as_deref(), Some("Bearer t0ken"));
    assert_eq!(sent(&format!("{base}/blobs")).as_deref(), Some("Bearer t0ken"));
    assert_eq!(sent("https://ghcr.io/token"), None);
    answers[realm] = json!(403);
    let (outcome, saw) = known(World::new(answers.clone()).ask(&weather));
    assert!(outcome == Missing && saw.contains("private"), "{saw}");
    answers[realm] = json!(429);
    unknown(World::new(answers).ask(&weather));
}

#[test]
fn an_image_is_compared_with_the_digests_that_name_it() {
    let base = "https://ghcr.io/v2/acme/weather";
    let answers = image(base, &labelled(SERVER));
    let blob = answers.as_object().unwrap().keys().find(|url| url.contains("/blobs/")).unwrap();
    let mut forged = answers.clone();
    forged[blob.clone()] = json!(labelled("com.example/weather ").to_string());
    let weather = package("oci", "ghcr.io/acme/weather:1.0", "");
    assert!(unknown(World::new(forged).ask(&weather)).contains("other bytes"));
}

#[test]
fn a_host_of_the_settings_is_asked_at_its_own_address_with_its_token() {
    let text = "[packages]\nnpm = [\"artifacts.corp.example\"]\ntokens = { \"artifacts.corp.example\" = \"ARTIFACTS_TOKEN\" }\n";
    let (config, wrong) = Config::parse("registry.toml", text);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(config.packages.tokens["artifacts.corp.example"], "ARTIFACTS_TOKEN");
    let (there, cdn) =
        ("https://artifacts.corp.example/npm/weather/1.0.0", "https://cdn.example.com/w");
    let away = json!({ "status": 302, "headers": { "location": cdn } });
    let mut world = World::new(json!({ cdn: { "mcpName": SERVER } }));
    world.named = FakeExchange::new(json!({ there: away }));
    world.settings = config.packages;
    world.tokens = vec![("artifacts.corp.example", "s3cret")];
    let mut weather = package("npm", "weather", "1.0.0");
    weather["registryBaseUrl"] = json!("https://artifacts.corp.example/npm/");
    assert_eq!(known(world.ask(&weather)).0, Proven);
    let has_token = |fake: &FakeExchange| {
        fake.asked()[0].headers.iter().any(|(_, value)| value == "Bearer s3cret")
    };
    assert!(has_token(&world.named) && !has_token(&world.public));
}

#[test]
fn a_redirect_to_this_computer_or_to_plain_http_is_not_followed() {
    let weather = package("npm", "weather", "1.0.0");
    for to in ["https://127.0.0.1/x", "http://registry.npmjs.org/x", "https://localhost:8443/x"] {
        let url = "https://registry.npmjs.org/weather/1.0.0";
        let away = json!({ "status": 302, "headers": { "location": to } });
        let world = World::new(json!({ url: away, to: { "mcpName": SERVER } }));
        unknown(world.ask(&weather));
        assert_eq!(world.public.asked().len(), 1, "{to}");
    }
}

#[test]
fn a_token_in_the_settings_is_not_accepted() {
    for (host, variable) in
        [("artifacts.corp.example", "ghp_secret-token"), ("https://x.example", "TOKEN")]
    {
        let text = format!("[packages]\ntokens = {{ \"{host}\" = \"{variable}\" }}\n");
        let (config, wrong) = Config::parse("registry.toml", &text);
        assert!(config.packages.tokens.is_empty() && wrong.len() == 1, "{wrong:?}");
        assert!(!format!("{wrong:?}").contains("ghp_secret-token\" is"), "{wrong:?}");
    }
}

/// The newest version of a package in a world with these answers.
fn newest_in(package: &Value, answers: Value) -> Newest {
    let world = World::new(answers);
    let doors = Doors {
        public: &world.public,
        named: &world.named,
        clock: &world.clock,
        tokens: Default::default(),
    };
    let asker = Asker::new(doors, &world.settings);
    let document = json!({ "name": SERVER, "packages": [package] });
    newest(&asker, &questions(&document)[0])
}

#[test]
fn the_newest_version_is_what_its_registry_says() {
    let version = |text: &str| Newest::Version(text.to_owned());
    let tags = json!({ "https://registry.npmjs.org/-/package/@acme%2Fw/dist-tags":
        { "latest": "1.2.0", "next": "2.0.0-rc.1", "old": "9.9.9" } });
    assert_eq!(newest_in(&package("npm", "@acme/w", "1.0.0"), tags.clone()), version("1.2.0"));
    let early = newest_in(&package("npm", "@acme/w", "2.0.0-beta.1"), tags);
    assert_eq!(early, version("9.9.9"));
    let file = |yanked: bool| json!([{ "yanked": yanked }]);
    let project = json!({ "https://pypi.org/pypi/w/json": { "info": { "version": "1.9" }, "releases":
        { "1.9": file(false), "1.10": file(false), "1.11": file(true), "1.12": [], "2.0rc1": file(false) } } });
    assert_eq!(newest_in(&package("pypi", "w", "1.0"), project.clone()), version("1.10"));
    assert_eq!(newest_in(&package("pypi", "w", "1.0rc1"), project), version("2.0rc1"));
    let krate = json!({ "https://crates.io/api/v1/crates/w": { "versions": [
        { "num": "1.0.0" }, { "num": "1.1.0", "yanked": true }, { "num": "2.0.0-alpha" } ] } });
    assert_eq!(newest_in(&package("cargo", "w", "0.9.0"), krate), version("1.0.0"));
    let nuget = json!({
        "https://api.nuget.org/v3/index.json": { "resources": [
            { "@id": "https://api.nuget.org/v3-flatcontainer/", "@type": "PackageBaseAddress/3.0.0" } ] },
        "https://api.nuget.org/v3-flatcontainer/acme.w/index.json": { "versions": ["1.0.0", "1.10.0", "1.9.0", "2.0.0-b"] },
    });
    assert_eq!(newest_in(&package("nuget", "Acme.W", "1.0.0"), nuget), version("1.10.0"));
}

#[test]
fn tags_of_an_image_are_compared_with_tags_of_their_kind() {
    let first = "https://ghcr.io/v2/acme/w/tags/list?n=1000";
    let pages = json!({
        first: {
            "status": 200,
            "headers": { "link": "</v2/acme/w/tags/list?n=1000&last=x>; rel=\"next\"" },
            "body": { "tags": ["1.0.0", "1.2.0", "latest", "2.0", "v3.0.0", "1.9.0-alpine", "1.4.0-rc.1"] },
        },
        "https://ghcr.io/v2/acme/w/tags/list?n=1000&last=x": { "tags": ["1.3.0", "1.10.0-alpine", "sha-1"] },
    });
    let of = |image: &str| newest_in(&package("oci", image, ""), pages.clone());
    assert_eq!(of("ghcr.io/acme/w:1.0.0"), Newest::Version("1.3.0".to_owned()));
    assert_eq!(of("ghcr.io/acme/w:1.0.0-alpine"), Newest::Version("1.10.0-alpine".to_owned()));
    assert_eq!(of("ghcr.io/acme/w:1.4.0-beta.1"), Newest::Version("1.4.0-rc.1".to_owned()));
    assert!(matches!(of("ghcr.io/acme/w@sha256:00"), Newest::Nothing(_)));
    let bundle = package("mcpb", "https://github.com/a/mcp/releases/download/v1/x.mcpb", "1.0.0");
    assert!(matches!(newest_in(&bundle, json!({})), Newest::Nothing(_)));
    assert!(matches!(newest_in(&package("npm", "w", "1.0.0"), json!({})), Newest::Unknown(_)));
}
