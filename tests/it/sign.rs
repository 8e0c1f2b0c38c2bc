//! `sign`: keys and proofs, through the program as a publisher uses it.

use mcp_static::internals::proof::{Algorithm, PrivateKey, ProofFile, PublicKey, parse_record};
use pretty_assertions::assert_eq;

use crate::project::{Project, Ran};

const NAME: &str = "com.example/weather";
const FOLDER: &str = "registry-data/servers/com.example/weather/1.0.0";
const PROOF: &str = "registry-data/servers/com.example/weather/1.0.0/proof.json";
const AUDIENCE: &str = "https://registry.example.org";
const NOW: &str = "2026-11-22T06:00:00Z";

/// A registry with one entry and an id, and the home folder of its publisher.
fn registry() -> Project {
    let project = Project::small();
    project.file("registry-data/registry.toml", &format!("[registry]\nid = \"{AUDIENCE}\"\n"));
    project
}

/// Runs the program with a home of its own.
fn run(project: &Project, arguments: &[&str]) -> Ran {
    let home = project.path("home");
    let variables = [("HOME", home.to_str().unwrap()), ("XDG_CONFIG_HOME", "")];
    project.run_with(arguments, &variables)
}

/// A field of a statement.
fn field<'a>(statement: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    statement.lines().find_map(|line| line.strip_prefix(&start)).unwrap()
}

fn proof(project: &Project, path: &str) -> ProofFile {
    ProofFile::parse(path, project.read(path).into()).unwrap()
}

#[test]
fn a_publisher_makes_a_key_and_signs_an_entry() {
    let project = registry();
    let made = run(&project, &["sign", "key", "new", "--domain", "Example.com"]).expect(0);
    let record = made.out.lines().find_map(|line| line.strip_prefix("with")).unwrap().trim();
    let key = parse_record(record).unwrap();
    assert!(made.out.contains(&format!("example.com. IN TXT \"{record}\"")), "{}", made.out);
    assert!(made.out.contains("https://example.com/.well-known/mcp-registry-auth"), "{}", made.out);
    let ran = run(&project, &["sign", "entry", "com.example/weather@1.0.0"]).expect(0);
    let ran = ran.says(record).says(PROOF).says(&key.fingerprint());
    assert_eq!(ran.out, "", "talk goes to stderr");
    let proof = proof(&project, PROOF);
    assert_eq!((proof.audience.as_str(), proof.domain.as_str()), (AUDIENCE, "example.com"));
    assert_eq!(proof.key, key);
    let statement = run(&project, &["sign", "entry", NAME, "--statement-only"]).expect(0).out;
    let sha256 = field(&statement, "sha256");
    assert_eq!(proof.verify(NAME, "1.0.0", sha256), Ok(()));
    assert!(proof.verify(NAME, "1.0.1", sha256).is_err());
    project.pin(NAME, "1.0.0", NOW);
    run(&project, &["check"]).expect(0);
}

#[test]
fn layout_may_change_after_signing_and_content_may_not() {
    let project = registry();
    run(&project, &["sign", "key", "new"]).expect(0);
    run(&project, &["sign", "entry", NAME]).expect(0);
    let before = project.read(PROOF);
    let path = format!("{FOLDER}/server.json");
    project.file(&path, &project.read(&path).replace('\n', "\r\n\t"));
    run(&project, &["sign", "entry", NAME]).expect(0).says("already there and valid");
    assert_eq!(project.read(PROOF), before);
    project.file(&path, &project.read(&path).replace("A server", "Another server"));
    run(&project, &["sign", "entry", NAME]).expect(0).says("signed");
    assert_ne!(project.read(PROOF), before);
}

#[test]
fn a_key_is_never_overwritten_or_printed() {
    let project = registry();
    run(&project, &["sign", "key", "new"]).expect(0);
    let path = "home/.config/mcp-static/key";
    let secret = project.read(path);
    let body: Vec<&str> = secret.lines().filter(|line| !line.starts_with("---")).collect();
    run(&project, &["sign", "key", "new"]).expect(2).says("a key exists already");
    assert_eq!(project.read(path), secret);
    let shown = run(&project, &["sign", "key", "show"]).expect(0);
    let public = project.read(&format!("{path}.pub"));
    let key = PublicKey::from_openssh_line(&public).unwrap();
    assert!(shown.out.contains(&key.record()) && shown.out.contains("gpg.format ssh"));
    // The first lines of the file are public; what follows must not be seen.
    for line in &body[2..] {
        assert!(!shown.out.contains(line) && !shown.err.contains(line));
    }
    let public_only = run(&project, &["sign", "key", "show", &format!("{path}.pub")]).expect(0);
    assert!(!public_only.out.contains("gpg.format"), "git cannot sign with a public key");
    run(&project, &["sign", "key", "new", "--force", "--alg", "ecdsap384"]).expect(0);
    assert_ne!(project.read(path), secret);
    assert!(project.read(&format!("{path}.pub")).starts_with("ecdsa-sha2-nistp384 "));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_a_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = registry();
    let mode =
        |path: &str| std::fs::metadata(project.path(path)).unwrap().permissions().mode() & 0o777;
    run(&project, &["sign", "key", "new"]).expect(0);
    assert_eq!(mode("home/.config/mcp-static/key"), 0o600);
    assert_eq!(mode("home/.config/mcp-static"), 0o700);
    run(&project, &["sign", "key", "new", "--force"]).expect(0);
    assert_eq!(mode("home/.config/mcp-static/key"), 0o600);
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(project.path("home/.config/mcp-static/key"), open).unwrap();
    run(&project, &["sign", "entry", NAME]).expect(0).says("chmod 600");
}

#[test]
fn of_eight_keys_made_at_once_one_stays_with_its_public_half() {
    for force in [false, true] {
        let project = registry();
        let arguments: &[&str] =
            if force { &["sign", "key", "new", "--force"] } else { &["sign", "key", "new"] };
        let codes: Vec<i32> = std::thread::scope(|scope| {
            let one = || run(&project, arguments).code;
            let runs: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let winners = codes.iter().filter(|code| **code == 0).count();
        assert!(winners == 1 || (force && winners > 0), "{codes:?}");
        assert!(codes.iter().all(|code| matches!(code, 0 | 2)), "{codes:?}");
        let path = "home/.config/mcp-static/key";
        let key = PrivateKey::parse(&project.read(path)).unwrap();
        let public = PublicKey::from_openssh_line(&project.read(&format!("{path}.pub"))).unwrap();
        assert_eq!(*key.public(), public);
        let files = std::fs::read_dir(project.path("home/.config/mcp-static")).unwrap().count();
        assert_eq!(files, 2, "nothing else is left");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_key_is_neither_replaced_nor_written_through() {
    for (name, force) in [("key", false), ("key", true), ("key.pub", false), ("key.pub", true)] {
        for outside in ["home/nowhere", "home/there"] {
            let project = registry();
            let (link, target) = (project.path("home/k").join(name), project.path(outside));
            project.file("home/k/keep", "").file("home/there", "mine");
            std::os::unix::fs::symlink(&target, &link).unwrap();
            let out = project.path("home/k/key");
            let mut arguments = vec!["sign", "key", "new", "--out", out.to_str().unwrap()];
            arguments.extend(force.then_some("--force"));
            run(&project, &arguments).expect(2).says("a link or a folder is in the way");
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
            assert!(!project.path("home/nowhere").exists());
            assert_eq!(project.read("home/there"), "mine");
            assert_eq!(std::fs::read_dir(project.path("home/k")).unwrap().count(), 2);
        }
    }
}

#[cfg(unix)]
#[test]
fn modes_do_not_depend_on_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    for umask in ["000", "077"] {
        let project = registry();
        let shell = |arguments: &str| {
            let program = env!("CARGO_BIN_EXE_mcp-static");
            let ran = std::process::Command::new("sh")
                .args(["-c", &format!("umask {umask}; '{program}' {arguments}")])
                .env("XDG_CONFIG_HOME", project.path("home"))
                .current_dir(project.path("."))
                .output()
                .unwrap();
            assert!(ran.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ran.stderr));
        };
        shell("sign key new");
        shell("sign entry com.example/weather");
        shell("init fresh --yes");
        project.git();
        project.commit(1_800_000_000);
        shell("verify --base none --offline --report report.json; true");
        for (path, wanted) in [
            ("home/mcp-static/key", 0o600),
            ("home/mcp-static/key.pub", 0o644),
            (PROOF, 0o644),
            ("fresh/registry-data/registry.toml", 0o644),
            ("report.json", 0o644),
        ] {
            let mode = std::fs::metadata(project.path(path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, wanted, "{path} with umask {umask}");
        }
    }
}

#[test]
fn keys_of_other_tools_are_imported() {
    let project = registry();
    for algorithm in Algorithm::ALL {
        let key = PrivateKey::generate(algorithm, &[5; PrivateKey::RANDOM]).unwrap();
        let pem = key.to_pkcs8_pem().unwrap();
        let hex = "05".repeat(if algorithm == Algorithm::Ed25519 { 32 } else { 48 });
        for text in [pem.as_str(), &hex, &*key.to_openssh("x")] {
            project.file("theirs", text);
            let import = ["sign", "key", "import", "theirs", "--out", "ours", "--force"];
            let ran = run(&project, &import).expect(0);
            assert!(ran.out.contains(&key.public().record()), "{}", ran.out);
            assert!(!ran.out.contains(&hex) && !ran.err.contains(&hex));
            let ours = PrivateKey::parse(&project.read("ours")).unwrap();
            assert_eq!(ours.public(), key.public());
        }
    }
    project.file("theirs", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    run(&project, &["sign", "key", "import", "theirs", "--force"]).expect(2).says("passphrase");
    project.file("theirs", &PrivateKey::from_hex(&"05".repeat(32)).unwrap().public().record());
    run(&project, &["sign", "key", "import", "theirs"]).expect(2).says("this is a public key");
    run(&project, &["sign", "key", "import", "nowhere"]).expect(2).says("cannot be read");
}

#[test]
fn a_key_service_signs_the_statement() {
    let project = registry();
    for algorithm in Algorithm::ALL {
        let key = PrivateKey::generate(algorithm, &[6; PrivateKey::RANDOM]).unwrap();
        let ask = ["sign", "entry", NAME, "--issued", NOW, "--statement-only"];
        let asked = run(&project, &ask).expect(0);
        assert!(asked.err.contains("--attach"), "{}", asked.err);
        assert_eq!(field(&asked.out, "issued"), NOW);
        let signature = key.sign(asked.out.as_bytes()).unwrap();
        project.bytes("signature", &signature);
        let record = key.public().record();
        let attach = |time: &str| {
            let flags = ["--attach", "signature", "--public-key", &record, "--issued", time];
            run(&project, &[&["sign", "entry", NAME][..], &flags].concat())
        };
        attach("2026-11-22T06:00:01Z").expect(2).says("not made by this key");
        attach(NOW).expect(0);
        let proof = proof(&project, PROOF);
        assert_eq!((&proof.key, &proof.sig), (key.public(), &signature));
        project.file("key.pub", &key.public().to_openssh_line("me"));
        let from_file = ["--attach", "signature", "--public-key", "key.pub", "--issued", NOW];
        run(&project, &[&["sign", "entry", NAME][..], &from_file].concat()).expect(0);
    }
    project.bytes("signature", &[1; 95]);
    let record = PrivateKey::generate(Algorithm::EcdsaP384, &[6; 48]).unwrap().public().record();
    let flags = ["--attach", "signature", "--public-key", &record, "--issued", NOW];
    let short = run(&project, &[&["sign", "entry", NAME][..], &flags].concat()).expect(2);
    short.says("95 bytes instead of 96");
    run(&project, &["sign", "entry", NAME, "--attach", "signature"]).expect(2).says("--public-key");
}

#[test]
fn a_status_and_owners_are_signed_too() {
    let project = registry();
    run(&project, &["sign", "key", "new"]).expect(0);
    run(&project, &["sign", "status", NAME]).expect(2).says("no status.json to sign");
    run(&project, &["status", NAME, "deprecated"]).expect(0);
    run(&project, &["sign", "status", NAME]).expect(0);
    let status = proof(&project, &format!("{FOLDER}/status.proof.json"));
    assert_eq!(status.action.as_str(), "set-status");
    run(&project, &["sign", "owners", "com.example"])
        .expect(2)
        .says("the owners file does not exist");
    let owners = "namespace = \"com.example\"\n";
    project.file("registry-data/owners/com.example.toml", owners);
    run(&project, &["sign", "owners", "com.exmaple"]).expect(2).says("did you mean com.example?");
    run(&project, &["sign", "owners", "COM.example"]).expect(0);
    let owners_proof = proof(&project, "registry-data/owners/com.example.proof.json");
    let sha256 = mcp_static::internals::data::digest(owners.as_bytes());
    assert_eq!(owners_proof.verify("com.example", "-", &sha256), Ok(()));
    assert_eq!(owners_proof.action.as_str(), "set-owners");
}

#[test]
fn what_cannot_be_published_is_not_signed() {
    let project = registry();
    run(&project, &["sign", "key", "new"]).expect(0);
    let path = format!("{FOLDER}/server.json");
    let good = project.read(&path);
    for (text, says) in [
        (good.replace("1.0.0", "1.0.1"), "version-path-mismatch"),
        (good.replace("/weather\"", "/wether\""), "name-path-mismatch"),
        (good.replacen('{', "{{", 1), "json-syntax"),
        (good.replacen('{', "{\"name\":\"x\",", 1), "json-duplicate-key"),
        (good.replace("\"description\": \"A server\",", ""), "description"),
    ] {
        project.file(&path, &text);
        run(&project, &["sign", "entry", "com.example/weather@1.0.0"])
            .expect(1)
            .says(says)
            .says("nothing was signed");
        assert!(!project.path(PROOF).exists());
    }
}

#[test]
fn wrong_use_says_what_to_do() {
    let project = registry();
    run(&project, &["sign", "entry", NAME]).expect(2).says("sign key new");
    run(&project, &["sign", "key", "new"]).expect(0);
    run(&project, &["sign", "entry", "com.example/wether"]).expect(2).says("did you mean");
    run(&project, &["sign", "entry", "com.example/weather@2.0.0"]).expect(2).says("1.0.0");
    let domain = |domain: &str| run(&project, &["sign", "entry", NAME, "--domain", domain]);
    domain("evil.com").expect(2).says("is not a parent domain of example.com");
    domain("xample.com").expect(2).says("is not a parent domain of");
    domain("com").expect(2).says("is not a domain");
    let time = ["sign", "entry", NAME, "--issued", "2026-11-22"];
    run(&project, &time).expect(2).says("is not a valid time of signing");
    let audience = ["sign", "entry", NAME, "--audience", "two\nlines"];
    run(&project, &audience).expect(2).says("audience is not plain");
    project.entry(NAME, "2.0.0");
    run(&project, &["sign", "entry", NAME]).expect(2).says("has 2 versions");
    project.file("registry-data/registry.toml", "");
    run(&project, &["sign", "entry", "com.example/weather@1.0.0"]).expect(2).says("--audience");
    project.file("registry-data/registry.toml", "[registry]\nbase_url = \"https://a.example\"\n");
    run(&project, &["sign", "entry", "com.example/weather@1.0.0"]).expect(0);
    assert_eq!(proof(&project, PROOF).audience, "https://a.example");
    let dry = ["sign", "entry", "com.example/weather@2.0.0", "--dry-run"];
    run(&project, &dry).expect(0).says("write servers/com.example/weather/2.0.0/proof.json");
    assert!(!project.path(&PROOF.replace("1.0.0", "2.0.0")).exists());
}

#[test]
fn a_domain_above_signs_for_the_ones_below() {
    let project = registry();
    project.entry("com.example.maps/tool", "1.0.0");
    run(&project, &["sign", "key", "new"]).expect(0);
    let sign = |flags: &[&str]| {
        run(&project, &[&["sign", "entry", "com.example.maps/tool"][..], flags].concat()).expect(0);
        let path = "registry-data/servers/com.example.maps/tool/1.0.0/proof.json";
        proof(&project, path).domain
    };
    assert_eq!(sign(&[]), "maps.example.com");
    assert_eq!(sign(&["--domain", "example.com."]), "example.com");
}
