//! Reports: told by their content, counted when fresh.

use crate::facts::history::Repo;
use tusk_check::evidence::{Answer, Observed};
use tusk_check::facts::Facts;
use tusk_check::probe::{self, Question, Word};
use tusk_check::source::Span;
use tusk_check::tree::Tree;
use tusk_check::value::{Field, Kind, Value};

fn question(args: &[&str], options: &[(&str, Kind)]) -> Question {
    let word = |text: &&str| vec![Word { text: (*text).into(), ..Word::default() }];
    let field = |kind: &Kind| Field { key: Span::default(), value: Value::new(kind.clone(), Span::default()) };
    Question {
        args: args.iter().map(word).collect(),
        options: options.iter().map(|(name, kind)| ((*name).to_owned(), field(kind))).collect(),
    }
}

fn ask(files: &[(&str, &str)], probe: &str, args: &[&str], options: &[(&str, Kind)]) -> Answer {
    let tree = Tree::in_memory(files.iter().map(|&(path, text)| (path, text)));
    let facts = Facts::new(&tree, jiff::Timestamp::UNIX_EPOCH);
    (probe::find(probe).expect("a probe").look)(&facts, &question(args, options))
}

fn amount(answer: &Answer) -> Option<f64> {
    match &answer.seen.first()?.value {
        Some(Observed::Quantity(quantity)) => Some(quantity.amount),
        Some(Observed::Flag(flag)) => Some(f64::from(u8::from(*flag))),
        _ => None,
    }
}

fn coverage(path: &str, text: &str) -> Option<f64> {
    amount(&ask(&[(path, text)], "report.coverage", &["lines"], &[]))
}

#[test]
fn every_format_of_coverage_is_read() {
    assert_eq!(
        coverage("lcov.info", "TN:\nSF:a.rs\nDA:1,2\nDA:2,0\nDA:3,1\nDA:4,1\nLF:4\nLH:3\nend_of_record\n"),
        Some(0.75)
    );
    assert_eq!(coverage("lcov.info", "SF:a.rs\nLF:10\nLH:9\nend_of_record\n"), Some(0.9));
    let cobertura = "<?xml version=\"1.0\"?>\n<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n<coverage line-rate=\"0.8\" lines-covered=\"8\" lines-valid=\"10\"><packages/></coverage>";
    assert_eq!(coverage("cobertura.xml", cobertura), Some(0.8));
    let counted = "<coverage line-rate=\"0.5\"><packages><package><classes><class><lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"0\"/></lines></class></classes></package></packages></coverage>";
    assert_eq!(coverage("coverage.xml", counted), Some(0.5));
    assert_eq!(
        coverage("jacoco.xml", "<report name=\"x\"><counter type=\"LINE\" missed=\"1\" covered=\"3\"/></report>"),
        Some(0.75)
    );
    let llvm = r#"{"data":[{"files":[],"totals":{"lines":{"count":200,"covered":150,"percent":75}}}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#;
    assert_eq!(coverage("cov.json", llvm), Some(0.75));
    assert_eq!(
        coverage(
            "tarpaulin-report.json",
            r#"{"files":[{"path":["a"],"covered":3,"coverable":4},{"path":["b"],"covered":0,"coverable":2}]}"#
        ),
        Some(0.5)
    );
    assert_eq!(
        coverage(
            "coverage/coverage-summary.json",
            r#"{"total":{"lines":{"total":4,"covered":1,"skipped":0,"pct":25}}}"#
        ),
        Some(0.25)
    );
    assert_eq!(
        coverage("coverage.json", r#"{"meta":{"version":"7"},"totals":{"covered_lines":9,"num_statements":10}}"#),
        Some(0.9)
    );
}

#[test]
fn what_is_no_report_is_none() {
    for (path, text) in [
        ("lcov.info", "just text"),
        ("lcov.info", "TN:\nSF:a.rs\nDA:1,1\n"),
        ("cobertura.xml", "<coverage line-rate=\"1\" lines-valid=\"0\" lines-covered=\"0\"/>"),
        ("coverage.json", "{\"total\": 1, \"pct\": 3}"),
        ("tests/fixtures/lcov.info", "SF:a.rs\nLF:10\nLH:9\nend_of_record\n"),
        ("src/testdata/lcov.info", "SF:a.rs\nLF:10\nLH:9\nend_of_record\n"),
        ("cov.xml", "<coverage line-rate"),
    ] {
        assert_eq!(coverage(path, text), None, "{path} {text}");
    }
}

#[test]
fn traces_of_several_crates_are_one() {
    let a = "SF:a.rs\nDA:1,1\nDA:2,0\nend_of_record\n";
    let b = "SF:a.rs\nDA:1,0\nDA:2,5\nend_of_record\nSF:b.rs\nDA:1,0\nDA:2,0\nend_of_record\n";
    let answer = ask(&[("a/lcov.info", a), ("b/lcov.info", b)], "report.coverage", &["lines"], &[]);
    assert_eq!(answer.seen.len(), 1);
    assert_eq!(amount(&answer), Some(0.5));
    assert_eq!(answer.seen[0].message, "lcov: 50.0 % of 4 lines covered");
}

const JUNIT: &str = r#"<testsuites time="4.5"><testsuite name="shop" tests="2"><testcase name="a" time="1"/><testcase name="b"><skipped/></testcase></testsuite></testsuites>"#;

#[test]
fn runs_of_tests_say_whether_any_failed() {
    let passed = ask(&[("junit.xml", JUNIT)], "report.tests", &["unit"], &[]);
    assert_eq!(amount(&passed), Some(1.0));
    assert_eq!(passed.seen[0].message, "unit tests: 1 ran, 0 failed in 4.5 s");
    let failing = JUNIT.replace("time=\"1\"/>", "time=\"1\"><failure/></testcase>");
    let failed = ask(&[("junit.xml", &failing)], "report.tests", &["*"], &[]);
    assert_eq!(amount(&failed), Some(0.0));
    assert_eq!(
        amount(&ask(&[("junit.xml", &failing)], "report.tests", &["*"], &[("failed", Kind::Int(0))])),
        Some(0.0)
    );
    assert!(failing[failed.seen[0].place.span.expect("a span").range()].starts_with("<testcase"));
    assert_eq!(
        amount(&ask(&[("junit.xml", JUNIT)], "report.tests", &["unit"], &[("time", Kind::Bool(true))])),
        Some(4.5)
    );
    assert!(ask(&[("junit.xml", JUNIT)], "report.tests", &["e2e"], &[]).seen.is_empty());
    assert_eq!(ask(&[("reports/e2e/junit.xml", JUNIT)], "report.tests", &["e2e"], &[]).seen.len(), 1);
    let nextest = JUNIT.replace("\"shop\"", "\"shop::api\"");
    assert_eq!(ask(&[("junit.xml", &nextest)], "report.tests", &["integration"], &[]).seen.len(), 1);
    let none = "<testsuites><testsuite name=\"x\" tests=\"0\"/></testsuites>";
    let answer = ask(&[("junit.xml", none)], "report.tests", &["*"], &[]);
    assert!(answer.seen.is_empty() && answer.notes[0].message.ends_with("no test ran"));
}

#[test]
fn open_results_are_counted_and_suppressed_ones_are_not() {
    let sarif = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"clippy"}},"results":[
        {"ruleId":"a","level":"warning","message":{"text":"one"}},
        {"ruleId":"b","level":"error","message":{"text":"two"},"suppressions":[{"kind":"inSource"}]},
        {"ruleId":"c","level":"note","message":{"text":"three"},"suppressions":[{"kind":"external","status":"rejected"}]}]}]}"#;
    let files = [("clippy.sarif", sarif)];
    let answer = ask(&files, "report.sarif", &["clippy"], &[]);
    assert_eq!(amount(&answer), Some(2.0));
    assert_eq!(answer.seen[0].message, "clippy: 2 open results, 1 suppressed: a one");
    assert_eq!(amount(&ask(&files, "report.sarif", &["clippy"], &[("level", Kind::Str("warning".into()))])), Some(1.0));
    assert_eq!(amount(&ask(&files, "report.sarif", &["clippy"], &[("open", Kind::Int(0))])), Some(0.0));
    assert!(ask(&files, "report.sarif", &["codeql"], &[]).seen.is_empty());
}

#[test]
fn messages_of_cargo_are_findings() {
    let warning = r#"{"reason":"compiler-message","message":{"code":{"code":"clippy::needless_return"},"level":"warning","message":"unneeded","spans":[{"file_name":"src/a.rs"}]}}"#;
    let summary = r#"{"reason":"compiler-message","message":{"code":null,"level":"warning","message":"1 warning emitted","spans":[]}}"#;
    let end = r#"{"reason":"build-finished","success":true}"#;
    let whole = format!("{warning}\n{summary}\n{end}\n");
    assert_eq!(amount(&ask(&[("clippy.json", &whole)], "report.sarif", &["clippy"], &[])), Some(1.0));
    let cut = format!("{warning}\n");
    let answer = ask(&[("clippy.json", &cut)], "report.sarif", &["clippy"], &[]);
    assert!(answer.seen.is_empty() && answer.notes[0].message.ends_with("did not run to its end"), "{answer:?}");
}

#[test]
fn audits_of_every_tool_are_counted() {
    let count = |text: &str| amount(&ask(&[("audit.json", text)], "report.audit", &[], &[]));
    assert_eq!(
        count(
            r#"{"lockfile":{"dependency-count":3},"vulnerabilities":{"found":false,"count":0,"list":[]},"warnings":{}}"#
        ),
        Some(0.0)
    );
    assert_eq!(
        count(
            r#"{"lockfile":{},"vulnerabilities":{"found":true,"count":1,"list":[{"advisory":{"id":"RUSTSEC-2020-0001"},"package":{"name":"x"}}]}}"#
        ),
        Some(1.0)
    );
    assert_eq!(
        count(r#"{"auditReportVersion":2,"vulnerabilities":{"lodash":{"severity":"high"}},"metadata":{}}"#),
        Some(1.0)
    );
    assert_eq!(
        count(
            r#"{"SchemaVersion":2,"Results":[{"Target":"a","Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"x"}]}]}"#
        ),
        Some(1.0)
    );
    assert_eq!(count(r#"{"matches":[],"descriptor":{"name":"grype"}}"#), Some(0.0));
    assert_eq!(count(r#"{"dependencies":[{"name":"x","version":"1","vulns":[{"id":"PYSEC-1"}]}]}"#), Some(1.0));
    assert_eq!(
        count(r#"{"results":[{"packages":[{"package":{"name":"x"},"vulnerabilities":[{"id":"GHSA-1"}]}]}]}"#),
        Some(1.0)
    );
    let deny = "{\"type\":\"diagnostic\",\"fields\":{\"severity\":\"error\",\"advisory\":{\"id\":\"RUSTSEC-1\",\"package\":\"x\"}}}\n{\"type\":\"diagnostic\",\"fields\":{\"severity\":\"warning\",\"code\":\"duplicate\"}}\n";
    assert_eq!(count(deny), Some(1.0));
    assert_eq!(count(r#"{"packages":{"a":1}}"#), None);
}

#[test]
fn a_picture_of_a_profile_counts_as_long_as_the_source_is_the_same() {
    let flame = "<svg><title>all (90 samples)</title><title>main (80 samples)</title></svg>\n";
    let ask = |facts: &Facts<'_>| {
        let asked = question(&["**/flame*.svg", "<title>"], &[("fresh", Kind::Bool(true))]);
        let answer = (probe::find("text").expect("a probe").look)(facts, &asked);
        (answer.seen.len(), answer.notes.len())
    };
    let mut repo = Repo::new();
    repo.write("src/lib.rs", "fn a() {}\n");
    repo.write("flamegraph.svg", flame);
    repo.commit("All");
    assert_eq!(repo.with(ask), (1, 0));
    repo.write("src/lib.rs", "fn b() {}\n");
    repo.commit("Source");
    assert_eq!(repo.with(ask), (0, 1));
}

#[test]
fn a_stale_report_is_shown_and_counts_for_nothing() {
    let mut repo = Repo::new();
    repo.write("src/lib.rs", "fn a() {}\n");
    repo.write("lcov.info", "SF:a.rs\nLF:10\nLH:9\nend_of_record\n");
    repo.write(".gitignore", "coverage\n");
    repo.commit("All");
    repo.write("src/lib.rs", "fn b() {}\n");
    repo.commit("Source");
    repo.with(|facts| {
        let answer = (probe::find("report.coverage").expect("a probe").look)(facts, &question(&["lines"], &[]));
        assert!(answer.seen.is_empty());
        assert!(
            answer.notes[0].message.starts_with("lcov: 90.0 % of 10 lines covered, but the report is stale"),
            "{answer:?}"
        );
    });
    // Git ignores this one, and it is newer than the source.
    repo.write("coverage/lcov.info", "SF:a.rs\nLF:10\nLH:7\nend_of_record\n");
    repo.with(|facts| {
        assert!(facts.tree.file("coverage/lcov.info").is_none());
        let answer = (probe::find("report.coverage").expect("a probe").look)(facts, &question(&["lines"], &[]));
        assert_eq!(amount(&answer), Some(0.7), "{answer:?}");
    });
    let head = repo.with(|facts| facts.history().head().map(str::to_owned)).expect("a head");
    repo.write("lcov.info", &format!("TN:\n#commit {head}\nSF:a.rs\nLF:10\nLH:9\nend_of_record\n"));
    repo.with(|facts| {
        let answer = (probe::find("report.coverage").expect("a probe").look)(facts, &question(&["lines"], &[]));
        assert_eq!(amount(&answer), Some(0.8), "both are fresh: {answer:?}");
    });
}

#[test]
fn hostile_reports_are_refused() {
    let deep = format!("<testsuites>{}", "<testsuite>".repeat(200_000));
    let closed = format!("{}{}", "<testsuite>".repeat(20_000), "</testsuite>".repeat(20_000));
    let nested = format!("{{\"runs\":{}", "[".repeat(200_000));
    let entities = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">]><testsuites>&f;</testsuites>";
    for text in [
        deep.as_str(),
        &closed,
        &nested,
        entities,
        "SF:\nDA:99999999999,1\nLF:-1\nend_of_record",
        "<coverage line-rate=\"1\" lines-covered=\"9\" lines-valid=\"3\"/>",
    ] {
        for path in ["junit.xml", "report.json", "lcov.info"] {
            for probe in ["report.tests", "report.coverage", "report.sarif", "report.audit"] {
                let answer = ask(&[(path, text)], probe, &[], &[]);
                assert!(amount(&answer).is_none_or(|amount| (0.0..=1.0).contains(&amount)));
            }
        }
    }
}

fn load(path: &str, text: &str, metric: &str) -> Option<f64> {
    amount(&ask(&[(path, text)], "report.load", &[metric], &[]))
}

#[test]
fn every_load_generator_has_its_own_units() {
    let gatling = r#"{"type":"GROUP","stats":{"name":"All Requests","numberOfRequests":{"total":60000,"ok":59400,"ko":600},
        "percentiles3":{"total":80,"ok":80,"ko":80},"meanNumberOfRequestsPerSecond":{"total":1000,"ok":990,"ko":10}}}"#;
    assert_eq!(load("reports/stats.json", gatling, "p95"), Some(0.08));
    assert_eq!(load("reports/stats.json", gatling, "throughput"), Some(990.0));
    assert_eq!(load("reports/stats.json", gatling, "error_rate"), Some(0.01));
    let autocannon = r#"{"duration":60,"connections":100,"errors":0,"non2xx":300,"latency":{"p97_5":40,"p99":90},
        "requests":{"average":500,"total":30000}}"#;
    assert_eq!(load("reports/autocannon.json", autocannon, "p95"), Some(0.04));
    assert_eq!(load("reports/autocannon.json", autocannon, "throughput"), Some(495.0));
    let goose = r#"{"raw_request_metrics":[{"method":"","name":"Aggregated","number_of_requests":1000,"number_of_failures":10,
        "requests_per_second":"1,200.5"}],"raw_response_metrics":[{"method":"","name":"Aggregated","percentile_95":"70","percentile_99":"90"}]}"#;
    assert_eq!(load("reports/goose.json", goose, "p95"), Some(0.07));
    let samples: Vec<String> = (1..=20).map(|n| format!("{},{},home,200,{}", 1000 * n + 30_000, n, n != 20)).collect();
    let jmeter = format!("timeStamp,elapsed,label,responseCode,success\n0,1,home,200,true\n{}", samples.join("\n"));
    assert_eq!(load("reports/load.csv", &jmeter, "p95"), Some(0.019));
    let summary = r#"{"state":{"testRunDurationMs":60000},"metrics":{"http_req_duration":{"type":"trend","values":{"p(95)":50}},
        "http_reqs":{"values":{"count":60000,"rate":1000}},"http_req_failed":{"values":{"rate":0.5}}}}"#;
    assert_eq!(load("reports/k6.json", summary, "throughput"), Some(500.0));
    assert_eq!(load("reports/k6.json", summary, "passed"), Some(0.0));
}

#[test]
fn what_only_looks_like_a_run_under_load_is_none() {
    for (path, text) in [
        ("reports/k6.json", r#"{"metrics":{"http_reqs":{"count":"many"}}}"#),
        ("reports/load.csv", "timeStamp,elapsed\n1,2\n"),
        ("reports/load.csv", "Type,Name,Request Count,Failure Count\nGET,/,1,0\n"),
        ("reports/wrk.txt", "Running 30s test @ http://localhost\n  4 threads and 10 connections\n"),
        ("reports/vegeta.json", r#"{"latencies":{"95th":1}}"#),
    ] {
        assert_eq!(load(path, text, "p95"), None, "{text}");
    }
}

#[test]
fn usage_is_the_peak_of_each_program() {
    let memory = |path: &str, text: &str| amount(&ask(&[(path, text)], "report.usage", &["memory"], &[]));
    let dhat = r#"{"dhatFileVersion":2,"cmd":"shop","pps":[{"gb":1000},{"gb":24}]}"#;
    assert_eq!(memory("dhat-heap.json", dhat), Some(1024.0));
    let series = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"process_resident_memory_bytes"},
        "values":[[1,"100"],[2,"300"],[3,"200"]]}]}}"#;
    assert_eq!(memory("reports/memory.json", series), Some(300.0));
    assert_eq!(memory("reports/time.txt", "Maximum resident set size (kbytes): much"), None);
}

#[test]
fn a_benchmark_that_became_slower_beyond_noise_is_told() {
    let change = |low: f64| {
        format!(
            r#"{{"mean":{{"confidence_interval":{{"lower_bound":{low},"upper_bound":0.3}},"point_estimate":0.2}}}}"#
        )
    };
    let path = "bench-results/criterion/prices/change/estimates.json";
    assert_eq!(ask(&[(path, &change(0.1))], "report.bench", &["slower"], &[]).seen.len(), 1);
    assert_eq!(ask(&[(path, &change(0.01))], "report.bench", &["slower"], &[]).seen.len(), 0);
    let hyperfine = r#"{"results":[{"command":"shop --version","mean":0.012,"stddev":0.001,"times":[0.012]}]}"#;
    assert_eq!(amount(&ask(&[("bench-results/h.json", hyperfine)], "report.bench", &["time"], &[])), Some(0.012));
}
