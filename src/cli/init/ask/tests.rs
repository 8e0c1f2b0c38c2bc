use super::*;

/// Holds the conversation of a new registry; returns the plan, and what was asked.
fn talk(remote: &str, args: &InitArgs, answers: &str) -> (Result<Scaffold>, String) {
    let place = remote.split_once('/').map(|(host, path)| (host.to_owned(), path.to_owned()));
    let around = Surroundings {
        in_git: true,
        remote: place,
        folder: "folder".to_owned(),
        has_entries: false,
        settings: None,
        guide: "README.md",
        is_program: false,
        options: Vec::new(),
    };
    let mut asker = Asker { input: answers.as_bytes(), output: Vec::new() };
    let mut ask = || {
        let forge = asker.forge(args, &around)?;
        let mut plan = Scaffold::new(args, &around, forge)?;
        asker.fill(&mut plan, args)?;
        plan.finish(&around)
    };
    let plan = ask();
    (plan, String::from_utf8(asker.output).unwrap())
}

#[test]
fn what_the_remote_says_is_proposed() {
    let (plan, asked) = talk("github.com/Acme/mcp", &InitArgs::default(), "\ny\nn\ny\n\n\n\n\n");
    let plan = plan.unwrap();
    assert_eq!((plan.name.as_str(), plan.public, plan.host()), ("mcp", false, "github-pages"));
    assert_eq!(plan.base_url.unwrap().as_str(), "https://acme.github.io/mcp");
    assert_eq!(plan.maintainers.as_deref(), Some("@Acme"));
    assert_eq!(plan.source, Source::Unknown);
    assert!(!asked.contains("Forge that"), "{asked}");
    assert!(asked.contains("is public, even if its repository is private"));
}

#[test]
fn a_wrong_answer_is_asked_again() {
    let sum = "a".repeat(64);
    let answers = format!(
        "svn\nGitLab\n \u{1}\nTools\nmaybe\nn\nhttp://mcp.acme.example/\nhttps://mcp.acme.example\nalice\n@alice\n\
         gem=a.example\nhttps://a.example\nart.acme.example oci=img.acme.example\n\
         cargo:latest\nhttps://files.acme.example/mcp-static\nabc\n{sum}\n"
    );
    let (plan, asked) = talk("git.acme.example/tools/mcp", &InitArgs::default(), &answers);
    let plan = plan.unwrap();
    assert_eq!(plan.forge, Forge::GitLab);
    assert_eq!(plan.base_url.unwrap().as_str(), "https://mcp.acme.example");
    assert_eq!(plan.maintainers.as_deref(), Some("@alice"));
    let oci = plan.hosts.iter().find(|(key, _)| *key == "oci").unwrap();
    assert_eq!(oci.1, ["art.acme.example", "img.acme.example"]);
    assert_eq!(plan.tool, (Some("https://files.acme.example/mcp-static".into()), Some(sum)));
    for why in [
        "choose from github, gitlab",
        "answer y or n",
        "clients refuse http",
        "\"alice\" is not a code owner",
        "\"gem\" is not a type of packages",
        "without scheme, port and path",
        "\"cargo:latest\" is not an exact version",
        "\"abc\" is not a SHA-256",
    ] {
        assert!(asked.contains(why), "{why}: {asked}");
    }
}

#[test]
fn what_flags_say_is_not_asked() {
    let text = |text: &str| Some(text.to_owned());
    let args = InitArgs {
        name: text("A"),
        base_url: BaseUrl::parse("https://a.example").ok(),
        host: text("nginx"),
        forge: text("forgejo"),
        maintainers: text("@a"),
        package_hosts: text("a.example"),
        tool: text("/opt/mcp-static"),
        ..InitArgs::default()
    };
    let (plan, asked) = talk("git.acme.example/tools/mcp", &args, "");
    assert_eq!(plan.unwrap().forge, Forge::Forgejo);
    assert_eq!(asked, "");
}

#[test]
fn an_end_of_the_input_is_an_error_and_no_loop() {
    for answers in ["", "\n", "\ny\n", "\nmaybe\nmaybe", "\u{0}"] {
        let (plan, _) = talk("github.com/Acme/mcp", &InitArgs::default(), answers);
        assert_eq!(plan.unwrap_err().kind(), ErrorKind::Usage, "{answers:?}");
    }
}

#[test]
fn the_first_server_is_asked_for_until_it_is_taken() {
    let ask = |answers: &'static str| {
        let mut tried = Vec::new();
        let mut asker = Asker { input: answers.as_bytes(), output: Vec::new() };
        let done = asker.first_server(|path| {
            tried.push(path.to_owned());
            path == "good.json"
        });
        (done, tried.join(" "))
    };
    assert_eq!(ask("bad.json\ngood.json\nmore.json\n"), (true, "bad.json good.json".to_owned()));
    assert_eq!(ask("bad.json\n\n"), (false, "bad.json".to_owned()));
    assert_eq!(ask("bad.json"), (false, "bad.json".to_owned()));
}

#[test]
fn no_public_address_is_proposed_for_a_site_that_cannot_be_public() {
    for remote in ["gitlab.com/acme/mcp", "codeberg.org/acme/mcp", "github.com/acme/mcp"] {
        let (plan, asked) = talk(remote, &InitArgs::default(), "\nn\n\n\n\n\n");
        let plan = plan.unwrap();
        assert_eq!((plan.host(), plan.on_pages(), plan.base_url.is_none()), ("plain", false, true));
        assert!(!asked.contains("[https://"), "{asked}");
    }
}
