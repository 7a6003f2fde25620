//! Reports as files: what they say, that nothing in a name can break them, and that they are the same every time.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod sample;

use plumbline::report::{Document, Format, document_schema, render, settings_schema, to_html, to_json, to_markdown, to_pdf};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set to a folder to write the sample reports there, to look at them.
const LOOK_ENV: &str = "PLUMBLINE_LOOK";
/// Set to write the committed schemas anew instead of comparing with them.
const BLESS_ENV: &str = "PLUMBLINE_BLESS";
/// Most bytes of a page, so that it can be sent by mail.
const MOST_HTML: usize = 1_500_000;

fn samples() -> [(&'static str, Document); 4] {
    [("mix", sample::mix()), ("matched", sample::matched()), ("clean", sample::clean()), ("crowded", sample::crowded())]
}

/// What a program of poppler-utils writes about a PDF.
fn poppler(program: &str, option: &str, pdf: &[u8], target: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = Command::new(program).arg(option).arg(&path).args(target).output().expect("poppler-utils must be installed");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().replace('\u{a0}', " ")
}

/// Text of a PDF; a form feed ends each page.
fn pdf_text(pdf: &[u8]) -> String {
    poppler("pdftotext", "-layout", pdf, &["-"])
}

/// The elements of a page without attributes, styles and chart innards: what it is built of, not how it looks.
fn structure(html: &str) -> String {
    let body = html.split_once("</style>").map_or(html, |(_, body)| body);
    let mut out = String::new();
    let (mut depth, mut in_chart) = (0usize, false);
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.trim_end_matches('/').split([' ', '/']).find(|s| !s.is_empty()).unwrap_or_default();
        if name == "svg" {
            in_chart = !tag.starts_with('/');
        }
        if in_chart && name != "svg" {
            continue;
        }
        let shown: String = text.trim().chars().take(70).collect();
        match (tag.starts_with('/'), tag.ends_with('/') || matches!(name, "meta" | "link")) {
            (true, _) => {
                depth = depth.saturating_sub(1);
                if !shown.is_empty() {
                    out.push_str(&format!("{:depth$}{shown}\n", ""));
                }
            }
            (false, true) => {}
            (false, false) => {
                let label =
                    tag.split_once("aria-label=\"").and_then(|(_, l)| l.split_once('"')).map_or(String::new(), |(l, _)| format!(" [{l}]"));
                out.push_str(&format!("{:depth$}{name}{label} {shown}\n", ""));
                depth += 1;
            }
        }
    }
    out
}

#[test]
fn every_format_is_the_same_every_time() {
    for (name, doc) in samples() {
        for format in [Format::Html, Format::Pdf, Format::Markdown, Format::Json] {
            let bytes = render(&doc, format).unwrap();
            assert_eq!(bytes, render(&doc.clone(), format).unwrap(), "{name} {format:?}");
            if let Ok(dir) = std::env::var(LOOK_ENV) {
                std::fs::write(Path::new(&dir).join(name).with_extension(format!("{format:?}").to_lowercase()), &bytes).unwrap();
            }
        }
    }
}

#[test]
fn markdown_reads_as_approved() {
    insta::assert_snapshot!("mix.md", to_markdown(&sample::mix()).unwrap());
    insta::assert_snapshot!("clean.md", to_markdown(&sample::clean()).unwrap());
    insta::assert_snapshot!("matched.md", to_markdown(&sample::matched()).unwrap());
}

#[test]
fn the_page_is_built_as_approved() {
    insta::assert_snapshot!("matched.html", structure(&to_html(&sample::matched()).unwrap()));
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    for (name, doc) in samples() {
        let html = to_html(&doc).unwrap();
        assert!(html.len() < MOST_HTML, "{name}: {} bytes", html.len());
        for word in ["<script", "<link", "<iframe", "@import", "javascript:", "src=\"http", "href=\"http", "url(http", "url(//"] {
            assert!(!html.contains(word), "{name} holds {word}");
        }
        // The one address that an SVG must name is that of its namespace, and nothing is fetched from it.
        assert!(!html.replace("http://www.w3.org/2000/svg", "").contains("http"), "{name} names an address");
    }
}

#[test]
fn every_picture_is_told_in_a_sentence() {
    let html = to_html(&sample::matched()).unwrap();
    let charts = html.matches("<svg xmlns").count();
    assert_eq!(charts, 5);
    assert_eq!(html.matches("role=\"img\" aria-label=\"").count() - html.matches("class=\"lean\" role=\"img\"").count(), charts);
    assert!(html.contains("class=\"lean\" role=\"img\" aria-label=\"fault, 2.1 range widths too little\""));
    assert!(html.contains("Show as table"));
}

#[test]
fn what_is_left_elsewhere_is_a_picture_a_table_and_one_row_per_fault() {
    let doc = sample::elsewhere();
    let html = to_html(&doc).unwrap();
    assert!(html.contains("id=\"elsewhere\"") && html.contains("each line is what R1\u{2013}R3 keeps there"), "no picture");
    assert!(html.contains("least is left R1") || html.contains("least is left on a phone"), "the picture is not told");
    assert_eq!(html.matches("Bass line is lost on earbuds_anc").count(), 0, "the second system is named with the first");
    let markdown = to_markdown(&doc).unwrap();
    assert!(markdown.contains("## Elsewhere") && markdown.contains("also Earbuds"), "{markdown}");
    assert!(pdf_text(&to_pdf(&doc).unwrap()).contains("Elsewhere"));
    let back: Document = serde_json::from_str(&to_json(&doc).unwrap()).unwrap();
    assert_eq!(back.translation, doc.translation);
}

#[test]
fn names_cannot_break_out_of_their_place() {
    let evil = "<script>alert(1)</script>\"'&|`*_[x](http://evil.example)\u{202e}\n# gotcha\u{0}.wav";
    let mut doc = sample::matched();
    doc.input.format.name = evil.into();
    doc.steps = vec![evil.into()];
    doc.findings[0].title = evil.into();
    doc.findings[0].limit_source = evil.into();
    doc.comparison.as_mut().unwrap().references[0].name = evil.into();
    doc.verification.as_mut().unwrap().residuals[0].reference = evil.into();
    let html = to_html(&doc).unwrap();
    assert!(!html.contains("<script"));
    assert!(html.contains("&lt;script&gt;alert(1)"));
    let markdown = to_markdown(&doc).unwrap();
    assert!(!markdown.lines().any(|line| line.trim_start().starts_with("# gotcha")), "a name began a heading");
    // In the code span of the head the name stands as it is, and its backticks cannot close the span.
    let spanned = |line: &&str| !line.starts_with('`');
    assert!(!markdown.lines().filter(spanned).any(|line| line.replace("\\<", "").contains("<script")), "a name holds markup");
    assert!(!markdown.lines().filter(spanned).any(|line| line.contains("[x](http")), "a name became a link");
    assert!(pdf_text(&to_pdf(&doc).unwrap()).contains("<script>alert(1)</script>"));
    assert!(to_json(&doc).unwrap().contains("\\n# gotcha\\u0000.wav"));
}

#[test]
fn a_pdf_holds_its_text_on_numbered_pages() {
    let text = pdf_text(&to_pdf(&sample::mix()).unwrap());
    for told in [
        "Not ready: two faults to mend in the mix",
        "Bass cancels in mono",
        "\u{2212}0.21 corr.",
        "To the mixer",
        "All 35 checks",
        "range of R1\u{2013}R3",
    ] {
        assert!(text.contains(told), "{told} is missing");
    }
    let pages = text.matches('\u{c}').count();
    assert!((3..=5).contains(&pages), "{pages} pages");
    for page in 1..=pages {
        let number = format!("{page}/{pages}");
        assert!(text.lines().any(|line| line.replace(' ', "").ends_with(&number)), "page {page} has no number");
    }
}

/// For readers that cannot see the page: headings, paragraphs, tables and described pictures, in reading order, with all of the text.
#[test]
fn a_pdf_tells_its_structure() {
    for (name, doc) in samples() {
        let pdf = to_pdf(&doc).unwrap();
        assert!(poppler("pdfinfo", "-isodates", &pdf, &[]).contains("Tagged:          yes"), "{name}");
        let structure = poppler("pdfinfo", "-struct-text", &pdf, &[]);
        let count = |kind: &str| structure.lines().filter(|l| l.trim_start().split([' ', '(']).next() == Some(kind)).count();
        assert_eq!(count("H1"), 1, "{name}: the verdict");
        assert!(count("H2") >= 3 && count("P") >= 5 && count("Table") >= 2, "{name}: {structure}");
        assert!(name != "mix" || count("Figure") >= 3, "{name}: {structure}");
        let flat = structure.split(['"', '\n']).map(str::trim).collect::<Vec<_>>().join(" ");
        let flat = flat.split_whitespace().collect::<Vec<_>>().join(" ");
        for check in doc.checks.iter().take(5) {
            assert!(flat.contains(&check.code), "{name}: {} is not in the structure", check.code);
        }
    }
}

#[test]
fn forty_findings_flow_over_pages_and_none_is_lost() {
    let doc = sample::crowded();
    let text = pdf_text(&to_pdf(&doc).unwrap());
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for number in [1, 20, 40] {
        let title = &doc.findings[number - 1].title;
        assert!(flat.matches(title.as_str()).count() >= 2, "{title} stands in the list and in full");
    }
    assert!(text.matches('\u{c}').count() >= 8);
}

#[test]
fn extremes_still_make_reports() {
    let mut silent = sample::clean();
    silent.measurements.loudness.integrated = plumbline::units::Lufs::new(f64::NEG_INFINITY);
    silent.measurements.true_peak.max.level = plumbline::units::Dbtp::new(f64::NEG_INFINITY);
    silent.measurements.loudness.short_term.values.fill(f32::NEG_INFINITY);
    silent.measurements.true_peak.series.values.fill(f32::NEG_INFINITY);
    silent.measurements.map = Default::default();
    let mut short = sample::clean();
    short.input.duration_s = 0.1;
    short.measurements.loudness.short_term.values.clear();
    short.measurements.true_peak.series.values.truncate(1);
    let mut mono = sample::mix();
    mono.measurements.stereo = None;
    let mut nothing = sample::clean();
    nothing.input.duration_s = 0.0;
    nothing.measurements.true_peak.series.values.clear();
    nothing.comparison = None;
    nothing.checks.clear();
    let mut long = sample::mix();
    let most = 3 * 3600 * 10;
    long.input.duration_s = most as f64 / 10.0;
    for series in [&mut long.measurements.loudness.short_term, &mut long.measurements.true_peak.series] {
        let once = series.values.clone();
        series.values = once.into_iter().cycle().take(most).collect();
    }
    for (name, doc) in [("silent", silent), ("short", short), ("mono", mono), ("nothing", nothing), ("long", long)] {
        for format in [Format::Html, Format::Pdf, Format::Markdown] {
            let bytes = render(&doc, format).unwrap_or_else(|e| panic!("{name} {format:?}: {e}"));
            assert!(!String::from_utf8_lossy(&bytes).contains("NaN"), "{name} {format:?}");
            assert!(bytes.len() < MOST_HTML, "{name} {format:?}: {} bytes", bytes.len());
            if let Ok(dir) = std::env::var(LOOK_ENV) {
                std::fs::write(Path::new(&dir).join(name).with_extension(format!("{format:?}").to_lowercase()), &bytes).unwrap();
            }
        }
    }
}

#[test]
fn documents_keep_to_the_schema_and_come_back_from_json() {
    let schema: serde_json::Value = serde_json::from_str(&document_schema().unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, doc) in samples() {
        let json: serde_json::Value = serde_json::from_str(&to_json(&doc).unwrap()).unwrap();
        let faults: Vec<String> = validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        for key in ["schema", "tool_version", "input", "verdict", "measurements", "checks", "findings"] {
            assert!(json.get(key).is_some(), "{name} lacks {key}");
        }
        let back: Document = serde_json::from_value(json).unwrap();
        assert_eq!(back.findings, doc.findings, "{name}");
        assert_eq!(back.proposal, doc.proposal, "{name}");
    }
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "plumbline-document/1" })));
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("schema");
    for (file, schema) in
        [("plumbline-document.schema.json", document_schema().unwrap()), ("plumbline-settings.schema.json", settings_schema().unwrap())]
    {
        let path = root.join(file);
        if std::env::var_os(BLESS_ENV).is_some() {
            std::fs::create_dir_all(&root).unwrap();
            std::fs::write(&path, &schema).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == schema, "schema/{file} is out of date: run {BLESS_ENV}=1 cargo test --test report");
    }
}
