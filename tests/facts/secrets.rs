//! What the scan for secrets finds, and what it must not cry about.

use tusk_check::facts::Facts;
use tusk_check::facts::secrets::{Confidence, Detectors, Finding};
use tusk_check::tree::Tree;

/// Findings in one file.
fn scan(path: &str, text: &str) -> Vec<Finding> {
    let tree = Tree::in_memory([(path, text)]);
    Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH).secrets().findings.clone()
}

/// The detector and confidence of every finding, by line.
fn found(path: &str, text: &str) -> Vec<String> {
    let tree = Tree::in_memory([(path, text)]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let line = |finding: &Finding| tree.text(path).map_or(0, |source| source.line_col(finding.span.start).line);
    let say = |finding: &Finding| format!("{} {} {}", line(finding), finding.detector, finding.confidence.word());
    facts.secrets().findings.iter().map(say).collect()
}

#[test]
fn every_detector_passes_its_own_examples() {
    let detectors = Detectors::built_in().unwrap();
    assert!(detectors.all().len() >= 40, "{}", detectors.all().len());
    assert_eq!(detectors.fail_own_examples(), Vec::<String>::new());
}

#[test]
fn a_detector_without_examples_both_ways_does_not_load() {
    let detector = |examples: &str| {
        format!("[detector.x]\nwhat = \"x\"\nanchors = [\"abcd\"]\npattern = '(?P<value>abcd)'\n{examples}\n")
    };
    let load = |examples: &str| Detectors::parse(&detector(examples)).map_err(|error| format!("{error:#}"));
    assert!(load("examples = [[\"abcd\"]]\ncounterexamples = [[\"abc\"]]").is_ok());
    let error = load("examples = []\ncounterexamples = [[\"abc\"]]").unwrap_err();
    assert_eq!(error, "detector x: has no examples");
    let error = load("examples = [[\"abcd\"]]\ncounterexamples = []").unwrap_err();
    assert_eq!(error, "detector x: has no counterexamples");
    let short = detector("examples = [[\"abcd\"]]\ncounterexamples = [[\"abc\"]]")
        .replace("\"abcd\"]\npattern", "\"abc\"]\npattern");
    assert_eq!(
        format!("{:#}", Detectors::parse(&short).unwrap_err()),
        "detector x: anchor `abc` is shorter than 4 bytes"
    );
}

#[test]
fn literals_beside_secret_names_are_found_in_every_grammar() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let cases = [
        ("src/db.rs", format!("const DB_PASSWORD: &str = \"{value}\";")),
        ("src/db.py", format!("password='{value}'")),
        ("src/db.go", format!("cfg := Config{{Password: \"{value}\"}}")),
        ("src/Db.java", format!("props.put(\"db.password\", \"{value}\");")),
        ("src/Db.cs", format!("var c = \"Server=db;User=app;Password={value};\";")),
        ("config/app.yml", format!("database:\n  password: {value}")),
        ("config/app.yml", format!("env:\n  - name: API_TOKEN\n    value: {value}")),
        ("config/app.json", format!("{{\"client_secret\": \"{value}\"}}")),
        ("config/app.xml", format!("<password>{value}</password>")),
        ("config/web.xml", format!("<add key=\"Password\" value=\"{value}\"/>")),
        ("deploy.sh", format!("mysql --password={value} shop")),
        ("deploy.sh", format!("login --password {value}")),
        ("init.sql", format!("CREATE USER app IDENTIFIED BY '{value}';")),
        ("app.properties", format!("spring.datasource.password={value}")),
        ("app.yml", format!("url: postgres://app:{value}@db.shop.io/app")),
    ];
    for (path, text) in cases {
        assert_eq!(scan(path, &text).len(), 1, "{path}: {text}");
        assert!(scan(path, &text)[0].is_leak(), "{path}: {text}");
    }
}

#[test]
fn references_placeholders_and_other_data_are_no_secrets() {
    let cases = [
        ("a.yml", "password: ${DB_PASSWORD}\ntoken: {{ .Values.token }}\nsecret: !vault |"),
        ("a.yml", "password: changeme\napi_key: your-api-key-here\npassword: xxxxxxxx\nsecret: <secret>"),
        ("a.yml", "properties:\n  password:\n    type: string\n  token: string"),
        ("a.yml", "secretName: shop-tls\ntokenUrl: https://auth.shop.io/token\npassword_file: /run/secrets/db"),
        ("a.py", "password = os.environ['DB_PASSWORD']\ntoken = get_token(user)\npassword = form.password"),
        ("a.rs", "let password = config.password.clone();\nlet token = \"csrf_token\";\ntoken: String,"),
        ("a.js", "const token = req.headers.authorization;\nsecret: process.env.SECRET,\nlabel: 'Password',"),
        ("a.ts", "password: 'Enter your password'\nplaceholder=\"Password\"\npassword: `${user}-x`"),
        ("a.tf", "password = var.db_password\nsecret = random_password.db.result"),
        ("locales/en.yml", "password: Passwort9\ntoken: Zeichen123"),
        ("Cargo.lock", "token = \"8f3b1c0a9d7e24f6b5c1d8e90a7f3b2c\""),
        ("a.html", "<input type=\"password\" name=\"password\" id=\"pw1\">"),
        ("a.yml", "url: postgres://app:${PW}@db/app\nurl: postgres://user:password@localhost/db"),
        ("a.go", "fmt.Sprintf(\"password=%s\", p)\nif token == \"\" {"),
        ("a.yml", "token_expiry: 24h3m10s99\napi_key_name: X-Api-Key-9a8b7c6d5e\nauthor: Kd9vPz3nRb7"),
    ];
    for (path, text) in cases {
        assert_eq!(found(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn the_place_decides_how_much_a_literal_weighs() {
    let strong = format!("password: {}", ["q7Rz2Lm", "T9vBx4Kc"].concat());
    assert_eq!(found("config/production.yaml", &strong), ["1 assignment high"]);
    assert_eq!(found("config/app.yaml", &strong), ["1 assignment medium"]);
    assert_eq!(found("tests/fixtures/app.yaml", &strong), ["1 assignment low"]);
    assert_eq!(found("app.example.yaml", &strong), ["1 assignment low"]);
    assert_eq!(found("docs/setup.yaml", &strong), ["1 assignment low"]);
    assert_eq!(found("config/production.yaml", "password: root"), ["1 assignment medium"]);
    assert_eq!(found("config/app.yaml", "password: root"), Vec::<String>::new());
    assert_eq!(found("docker-compose.yml", "POSTGRES_PASSWORD: shop42"), ["1 assignment low"]);
    let script = |name: &str, run: &str| {
        format!("{{\n  \"scripts\": {{\n    \"{name}\": \"{run}AUTH_PASSWORD=shop4all7\"\n  }}\n}}\n")
    };
    assert_eq!(
        found("package.json", &script("cypress:run", "cypress run --env AUTH_USER=admin,")),
        ["3 assignment low"]
    );
    assert_eq!(found("web/package.json", &script("test-e2e", "")), ["3 assignment low"]);
    assert_eq!(found("package.json", &script("start", "")), ["3 assignment medium"]);
    let before = |name: &str, run: &str| script(name, "").replace("all7", &format!("all7 npm run {run}"));
    assert_eq!(found("package.json", &before("testsql", "test")), ["3 assignment low"]);
    assert_eq!(found("package.json", &before("testimony", "start")), ["3 assignment medium"]);
    let tested = "fn f() {}\n#[cfg(test)]\nmod tests {\n    const PASSWORD: &str = \"q7Rz2LmT9vBx4Kc\";\n}\n";
    assert_eq!(found("src/a.rs", tested), ["4 assignment low"]);
}

#[test]
fn a_section_for_another_environment_weighs_less() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let section = |head: &str| format!("{head}:\n  secret_key_base: {value}\nproduction:\n  url: x\n");
    assert_eq!(found("config/secrets.yml", &section("test")), ["2 assignment low"]);
    assert_eq!(found("config/secrets.yml", &section("development")), ["2 assignment low"]);
    assert_eq!(found("config/secrets.yml", &section("production")), ["2 assignment medium"]);
    assert_eq!(found("config/secrets.yml", &section("staging")), ["2 assignment medium"]);
    // Production takes it over.
    let shared = format!("development: &all\n  password: {value}\nproduction:\n  <<: *all\n");
    assert_eq!(found("config/database.yml", &shared), ["2 assignment medium"]);
    let json = |name: &str| format!("{{\n  \"{name}\": {{\n    \"password\": \"{value}\"\n  }}\n}}\n");
    assert_eq!(found("config/config.json", &json("test")), ["3 assignment low"]);
    assert_eq!(found("config/config.json", &json("production")), ["3 assignment medium"]);
}

#[test]
fn keys_of_texts_and_translations_are_no_secrets() {
    let keys = "const labels = {\n  changePassword: 'label.change-password',\n  noMatchPassword: 'message.no-match-password',\n};";
    assert_eq!(found("src/messages.ts", keys), Vec::<String>::new());
    assert_eq!(found("public/texts/pt-BR.json", "{\"password\": \"Senha-secreta\"}"), Vec::<String>::new());
    assert_eq!(found("config/pt.json", "{\"password\": \"Senha-secreta\"}"), ["1 assignment medium"]);
    assert_eq!(found("src/db.ts", "const c = { password: 'shop.pass-4-word' };"), ["1 assignment medium"]);
    let tag = "{ id: 'GTM-ABCD123', auth: 'Kd9vPz3nRb7yQ2xWm5tLc8', preview: 'env-3' }";
    assert_eq!(found("src/tags.js", tag), ["1 assignment low"]);
    let key = ["AIzaSyD4x9Qm7v", "B2nK8tR5wL1cZ6hJ3fG0pYsUe"].concat();
    let app = format!("APP='{{\"apiKey\":\"{key}\",\"authDomain\":\"shop.example.org\"}}'\n");
    assert_eq!(found(".env.production", &app), ["1 google_api_key low"]);
    assert_eq!(found(".env.production", &format!("MAPS_KEY={key}\n")), ["1 google_api_key high"]);
}

#[test]
fn a_checksum_decides() {
    let good = ["ghp_", "R7mQ2xW9vK4tB8nL1cZ6hJ3fG5pYsU3QN9N2"].concat();
    let wrong = ["ghp_", "R7mQ2xW9vK4tB8nL1cZ6hJ3fG5pYsU3QN9N3"].concat();
    assert_eq!(found("tests/a.rs", &good), ["1 github_token high"]);
    assert_eq!(found("src/a.rs", &wrong), ["1 github_token low"]);
    // What a scanner finds is shown beside its pattern.
    let shown = format!("(\"GitHub\", \"ghp_[a-zA-Z0-9]{{36}}\", \"{good}\")");
    assert_eq!(found("src/filter.rs", &shown), ["1 github_token low"]);
    assert_eq!(found("src/filter.rs", &format!("(\"GitHub\", \"ghp_\", \"{good}\")")), ["1 github_token high"]);
}

#[test]
fn a_document_that_is_made_from_a_template_is_prose() {
    let link = format!(
        "join the [call](https://calls.example.org/j/9?pwd={})",
        ["RENTa2Q4", "Y3B5dWx0WmU2", "bmZYUT09"].concat()
    );
    assert_eq!(found("README.md.tpl", &link), found("README.md", &link));
}

#[test]
fn keys_in_tests_are_fixtures_and_elsewhere_leaks() {
    let key = [
        "-----BEGIN RSA ",
        "PRIVATE KEY-----\nMIICXAIBAAKBgQCqGKukO1De7zhZj6EAvTTvPqQbCmNXVdlQ9pZqyWmXz4R8sB1T\n",
        "kx7n3VbJ2hYdEwQ0cLfG5sUoPz6RtMa9IyKlNj8eHvBqWgXuZ1rCpFbTdOi3mS4x\n-----END RSA ",
        "PRIVATE KEY-----\n",
    ]
    .concat();
    assert_eq!(found("components/test_util/data/key.pem", &key), ["1 private_key low"]);
    assert_eq!(found("certs/server.key", &key), ["1 private_key high"]);
    // A sample in a comment whose middle is left out.
    let (head, tail) = key.split_at(key.find("kx7n").expect("the second line"));
    let sample = format!("{head}...\n{tail}").replace('\n', "\n# ");
    assert_eq!(found("config/server.yml", &format!("# {sample}")), [""; 0]);
}

#[test]
fn a_module_of_tests_inside_a_source_file_is_a_test() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let constant = format!("const ACCESS_TOKEN: &str = \"{value}\";\n");
    let inside = format!(
        "#[cfg(test)]\nuse std::fmt;\nfn a() {{}}\nfn b() {{}}\nfn c() {{}}\n#[cfg(test)]\npub mod tests {{\n{constant}}}\n"
    );
    assert!(
        found("src/client.rs", &inside).iter().all(|finding| finding.ends_with("low")),
        "{:?}",
        found("src/client.rs", &inside)
    );
    assert_eq!(found("src/client.rs", &constant), ["1 assignment medium"]);
}

#[test]
fn what_only_tests_call_and_containers_that_are_thrown_away_weigh_less() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let held = |head: &str| format!("{head} {{\n    Config {{\n        password: \"{value}\".into(),\n    }}\n}}\n");
    for head in ["pub(crate) fn test() -> Self", "fn config_for_tests() -> Config", "pub fn samples() -> Config"] {
        assert_eq!(found("src/config.rs", &held(head)), ["3 assignment low"], "{head}");
    }
    for head in ["fn attest() -> Config", "fn contest_config() -> Config", "fn start() -> Config"] {
        assert_eq!(found("src/config.rs", &held(head)), ["3 assignment medium"], "{head}");
    }
    let script =
        |options: &str| format!("{{\n\"db\": \"docker run {options} -e MYSQL_ROOT_PASSWORD={value} mariadb\"}}\n");
    assert_eq!(found("package.json", &script("--rm -p 3306:3306")), ["2 assignment low"]);
    assert_eq!(found("package.json", &script("-d --restart=always")), ["2 assignment medium"]);
}

#[test]
fn texts_that_say_what_should_stand_there_are_placeholders() {
    for text in
        ["apiKey: privateKeyWhichShouldBeBase64Encoded", "api_key: notify-secret-needs-to-be-32-chars-fsghd2ngf"]
    {
        assert_eq!(found("config.yaml", text), Vec::<String>::new(), "{text}");
    }
    let url = |password: &str| format!("url: https://myuser:{password}@10.1.3.1/eureka/v2/");
    assert_eq!(found("config.yaml", &url("mypassword")), Vec::<String>::new());
    assert_eq!(found("config.yaml", &url(&["q7Rz2Lm", "T9vBx4Kc"].concat())).len(), 1);
}

#[test]
fn samples_in_the_description_of_an_api_are_published_with_it() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let body = format!("  \"example\": {{\n    \"password\": \"{value}\"}}}}\n");
    assert_eq!(found("codegen/api.json", &format!("{{\n\"openapi\": \"3.1.0\",\n{body}")), ["4 assignment low"]);
    assert_eq!(found("codegen/api.json", &format!("{{\n\"title\": \"3.1.0\",\n{body}")), ["4 assignment medium"]);
}

#[test]
fn a_finding_never_shows_the_value_and_its_fingerprint_ignores_the_line() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let one = scan("a.yml", &format!("password: {value}"));
    let two = scan("a.yml", &format!("# moved\n\npassword: {value}"));
    let other = scan("b.yml", &format!("password: {value}"));
    assert_eq!(one[0].fingerprint, two[0].fingerprint);
    assert_ne!(one[0].fingerprint, other[0].fingerprint);
    assert_eq!(one[0].preview, "q7R… (15 characters)");
    assert!(!format!("{:?} {}", one, one[0].message()).contains(&value[4..]));
    assert_eq!(one[0].confidence, Confidence::Medium);
}

#[test]
fn base64_of_kubernetes_secrets_is_decoded_once() {
    let manifest = |value: &str| format!("apiVersion: v1\nkind: Secret\ndata:\n  password: {value}\n");
    assert_eq!(found("k8s/secret.yaml", &manifest("cTdSejJMbVQ5dkJ4NEtj")), ["4 assignment medium"]);
    assert_eq!(found("k8s/secret.yaml", &manifest("Y2hhbmdlbWU=")), Vec::<String>::new());
}

#[test]
fn text_in_other_encodings_is_scanned_and_binaries_by_magic() {
    let mut latin = b"# caf\xe9\npassword: ".to_vec();
    latin.extend(["q7Rz2Lm", "T9vBx4Kc"].concat().into_bytes());
    let tree = Tree::in_memory([("a.yml", latin), ("keys/app.jks", vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2])]);
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    let found: Vec<_> = facts.secrets().findings.iter().map(|finding| finding.detector.to_string()).collect();
    assert_eq!(found, ["assignment", "key_store"]);
}

#[test]
fn names_among_names_are_no_secrets() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let cases = [
        ("a.py", "for name in [\"password\", \"password2\"]:"),
        ("a.py", "__params__ = [\"confirm_password\", \"macaroon_id\"]"),
        ("a.rs", "command.args([\"password\", \"password_stdin\"])"),
        ("a.go", "return errors.New(\"need at least one of \\\"password\\\", \\\"password_hash\\\" or \\\"tier\\\"\")"),
        ("a.rs", "return Err(duplicate_field(\"password\", \"password_file\").into());"),
        ("a.rs", "pub const ATTR_JWS_ES256_PRIVATE_KEY: &str = \"jws_es256_private_key\";"),
        ("a.rs", ".auth_simple_password(\"idm_adm1n\", profile.password())"),
        ("a.ts", " * The endpoints (`oauth2/token`, `oauth2/revoke9`) take a form."),
        ("a.sql", "  REFERENCES \"oauth2_access_tokens\" (\"oauth2_access_token_id\")"),
        ("a.rs", "token: \"abc123def456\".to_owned(),"),
        ("a.sh", "if test \"$mode,$pass\" = \"lib,link9x2\" ||"),
        ("a.rs", "ErrorCode::InvalidPassword => \"28P01x9k\","),
        ("Keys.cs", "public const string DeviceAuthKey = \"pm-27581-device-auth-key\";"),
        ("Sink.java", "static final String PROP_PRIVATE_KEY_PWD = \"private_key_file_pwd\";"),
        ("flags.go", "\"replication-follower-password\": \"replication-primary-password\","),
        ("s3.go", "const authorization = \"AWS4-HMAC-SHA256\""),
        ("Encoder.cs", "filters.Add($\"overlay_cuda=eof_action=pass:repeatlast=0{alphaFormatOpt}\");"),
        ("Encoder.cs", "var hwScaleFilterFirstPass = \"vpp_rkrga=format=bgra:afbc=1\";"),
    ];
    for (path, text) in cases {
        assert_eq!(found(path, text), Vec::<String>::new(), "{path}: {text}");
    }
    let leaks = [
        ("a.py", format!("auth = [\"password\", \"{value}\"]")),
        ("a.sh", format!("pass=\"{value}\"")),
        ("a.sh", format!("kubectl create secret generic db --from-literal=password={value}")),
        ("a.cs", format!("var relayPass = \"{value}\";")),
        ("a.rs", format!("Kind::Password => \"{value}\",")),
        ("Keys.cs", "public const string DeviceAuthKey = \"pm-27581-device-q7rz2lm\";".to_owned()),
        ("flags.go", "\"replication-follower-password\": \"replication-q7rz2lm-t9vbx4kc\",".to_owned()),
    ];
    for (path, text) in leaks {
        assert_eq!(found(path, &text), ["1 assignment medium"], "{path}: {text}");
    }
}

#[test]
fn what_is_only_shown_or_only_for_development_weighs_less() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let low = [
        ("db/seeds.rb", format!("otp_secret_key: \"{value}\",")),
        ("settings/dev.py", format!("SECRET_KEY = \"{value}\"")),
        ("config/dev.exs", format!("secret_key_base: \"{value}\"")),
        ("server/users.http", format!("password: {value}")),
        ("web/Token.stories.tsx", format!("secret='{value}'")),
        ("client.yml", format!("# auth:\n#   token: {value}\n#   user: phil\n")),
        ("server.ini", format!("[security]\n; how cookies are signed\n;secret_key = {value}\n\n;cookie = x\n")),
        ("Dockerfile", format!("FROM python:3.13\nRUN SECRET_KEY=\"{value}\" \\\n  python manage.py collectstatic\n")),
        (
            "auth.py",
            format!("def details():\n    \"\"\"\n    {{\n      \"access_token\":\"{value}\",\n    }}\n    \"\"\"\n"),
        ),
        ("site/search.html", format!("docsearch({{\n  apiKey: '{value}',\n  indexName: 'shop',\n}})\n")),
    ];
    for (path, text) in low {
        let found = found(path, &text);
        assert!(found.len() == 1 && found[0].ends_with(" low"), "{path}: {text} {found:?}");
    }
    let leaks = [
        ("db/users.rb", format!("otp_secret_key: \"{value}\",")),
        ("settings/base.py", format!("SECRET_KEY = \"{value}\"")),
        ("client.yml", format!("auth:\n  user: phil\n  # token: {value}\n  mode: token\n")),
        ("Dockerfile", format!("FROM python:3.13\nENV SECRET_KEY=\"{value}\"\n")),
        ("auth.py", format!("\"\"\"Signs in.\"\"\"\ntokens = {{\n  \"access_token\":\"{value}\",\n}}\n")),
        ("site/pay.html", format!("pay({{\n  apiKey: '{value}',\n}})\n")),
    ];
    for (path, text) in leaks {
        let found = found(path, &text);
        assert!(found.len() == 1 && found[0].ends_with(" medium"), "{path}: {text} {found:?}");
    }
}

#[test]
fn jobs_of_tests_start_their_own_databases() {
    let value = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    let job = |name: &str, stage: &str| {
        format!("{name}:\n  stage: {stage}\n  variables:\n    SIGNING_KEY: {value}\n  script: make all\n")
    };
    for (name, stage) in [("api.check", "test"), ("mcp.integration", "build"), ("unit-tests", "check")] {
        assert_eq!(found("cli/.gitlab-ci.yml", &job(name, stage)), ["4 assignment low"], "{name} {stage}");
        assert_eq!(found("ci/shop.gitlab-ci.yml", &job(name, stage)), ["4 assignment low"], "{name} {stage}");
    }
    for (name, stage) in [("api.build", "build"), ("test-deploy", "ship"), ("api.deploy", "test")] {
        assert_eq!(found("cli/.gitlab-ci.yml", &job(name, stage)), ["4 assignment medium"], "{name} {stage}");
    }
}

#[test]
fn a_token_that_has_expired_or_is_an_example_opens_nothing() {
    let token = |body: &str| {
        ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.", body, ".m1U63blB0MLej_WfB7yC2FTMnCziif9X8yzwDEfJXAg"].concat()
    };
    let expiring = token("eyJzdWIiOiI1ZWJhYzUiLCJpYXQiOjE1ODkyOTg2ODQsImV4cCI6MTU4OTMwMDQ4NH0");
    let lasting = token("eyJzdWIiOiI1ZWJhYzUiLCJpYXQiOjE1ODkyOTg2ODR9");
    let word_at = |now: i64, text: &str| {
        let tree = Tree::in_memory([("src/auth.js", text)]);
        let facts = Facts::new(&tree, jiff::Timestamp::from_second(now).unwrap());
        facts.secrets().findings.iter().map(|finding| finding.confidence.word()).collect::<Vec<_>>()
    };
    let (before, after) = (1_589_300_000, 1_600_000_000);
    assert_eq!(word_at(before, &format!("const token = '{expiring}';")), ["high"]);
    assert_eq!(word_at(after, &format!("const token = '{expiring}';")), ["low"]);
    assert_eq!(word_at(after, &format!("const token = '{lasting}';")), ["high"]);
    assert_eq!(word_at(after, &format!("header,\n  example:\n    \"Bearer {lasting}\"\n")), ["low"]);
    assert_eq!(word_at(after, &format!("example: '{lasting}',\n")), ["low"]);
    assert_eq!(word_at(after, &format!("// for example\nconst token = '{lasting}';\n")), ["high"]);
}

#[test]
fn what_a_key_holds_is_no_name_of_the_next_one() {
    let row = |value: &str| {
        format!(
            "INSERT INTO settings VALUES ('smtp', '[{{\"username\":\"username\",\"password\":\"{value}\",\"hello_hostname\":\"\"}}]');"
        )
    };
    assert_eq!(found("schema.sql", &row("password")), Vec::<String>::new());
    let real = ["q7Rz2Lm", "T9vBx4Kc"].concat();
    assert_eq!(found("schema.sql", &row(&real)), ["1 assignment medium"]);
    let passed = format!("cfg.put(\"password\", \"{real}\");");
    assert_eq!(found("src/Db.java", &passed), ["1 assignment medium"]);
}

#[test]
fn settings_that_turn_the_development_mode_on_weigh_as_those_of_a_developer() {
    let word = ["123Super", "Safe"].concat();
    let settings = |mode: &str| format!("[dev]\n{mode}\n\n[database]\npassword = '{word}'\n");
    assert_eq!(found("config.toml", &settings("dev_mode = true")), ["5 assignment low"]);
    assert_eq!(found("config.toml", &settings("# dev_mode = true")), ["5 assignment medium"]);
}
