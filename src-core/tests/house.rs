//! Keeps the import table of `ARCHITECTURE.md`: which module may name which.
//!
//! Every path that starts at the crate root is looked at, wherever it stands: in a `use`, inside a function, inside a
//! macro call, in nested braces, or reached by climbing with `super`. Tests (`#[cfg(test)]`) may import what they like.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What one row of the table allows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Allowed {
    /// Modules of which everything may be used.
    modules: BTreeSet<String>,
    /// Modules of which types and constants may be named, but no function called by its path.
    types_of: BTreeSet<String>,
}

/// The table: module name to what it may import.
type Table = BTreeMap<String, Allowed>;

/// A path that starts at the crate root, without the root itself: `crate::measure::Spectrum` is `["measure", "Spectrum"]`.
#[derive(Clone, Debug, PartialEq)]
struct Reach {
    segments: Vec<String>,
}

/// Reads the table under the heading row `| module | … | may import |`.
fn parse_table(markdown: &str) -> Result<Table, String> {
    let mut table = Table::new();
    let mut above: Vec<String> = Vec::new();
    let rows = markdown
        .lines()
        .skip_while(|l| !(l.starts_with("| module |") && l.trim_end().ends_with("| may import |")))
        .skip(2)
        .take_while(|l| l.starts_with('|'));
    for row in rows {
        let cells: Vec<&str> = row.trim().trim_matches('|').split('|').map(str::trim).collect();
        let (Some(names), Some(imports)) = (cells.first(), cells.last()) else { return Err(format!("row without cells: {row}")) };
        let allowed = parse_imports(imports, &above).map_err(|problem| format!("row {names:?}: {problem}"))?;
        for name in names.split(',').map(str::trim) {
            if table.insert(name.to_owned(), allowed.clone()).is_some() {
                return Err(format!("{name} has two rows"));
            }
        }
        above.extend(names.split(',').map(|n| n.trim().to_owned()));
    }
    if table.is_empty() { Err("no table with the columns module … may import".into()) } else { Ok(table) }
}

/// Reads the last cell: clauses divided by `;`, each `std`, `all above`, `types of all above` or a list of modules above.
fn parse_imports(cell: &str, above: &[String]) -> Result<Allowed, String> {
    let mut allowed = Allowed::default();
    for clause in cell.split(';').map(str::trim) {
        match clause {
            "std" => {}
            "all above" => allowed.modules.extend(above.iter().cloned()),
            "types of all above" => allowed.types_of.extend(above.iter().cloned()),
            list => {
                for name in list.split(',').map(str::trim) {
                    if !above.iter().any(|a| a == name) {
                        return Err(format!("{name:?} is no module of a row above"));
                    }
                    allowed.modules.insert(name.to_owned());
                }
            }
        }
    }
    Ok(allowed)
}

/// All paths to the crate root in a source file that stands at `module` (`["diagnose", "checks"]`).
/// `root` is how the file names the root of the library: `crate` inside it, `plumbline` from the command.
fn reaches(source: &str, module: &[String], root: &str) -> Result<Vec<Reach>, String> {
    let tokens: TokenStream = source.parse().map_err(|e| format!("cannot be read as Rust: {e}"))?;
    let mut found = Vec::new();
    walk(&tokens.into_iter().collect::<Vec<_>>(), module, root, &mut found);
    Ok(found)
}

/// Looks through tokens, going down into groups; `module` grows at each inline `mod name { … }`.
fn walk(tokens: &[TokenTree], module: &[String], root: &str, found: &mut Vec<Reach>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at..).unwrap_or_default();
        if let Some(length) = test_item(rest) {
            at += length;
            continue;
        }
        match token {
            TokenTree::Ident(name) if *name == "mod" => {
                if let (Some(TokenTree::Ident(inner)), Some(TokenTree::Group(body))) = (tokens.get(at + 1), tokens.get(at + 2)) {
                    let deeper: Vec<String> = module.iter().cloned().chain([inner.to_string()]).collect();
                    walk(&body.stream().into_iter().collect::<Vec<_>>(), &deeper, root, found);
                    at += 3;
                    continue;
                }
            }
            TokenTree::Ident(name) if (*name == root || *name == "super" || *name == "self") && !follows_path(tokens, at) => {
                let used = tokens.get(at.wrapping_sub(1)).is_some_and(|t| t.to_string() == "use");
                if used || is_path_sep(rest.get(1..).unwrap_or_default()) {
                    at += expand(rest, &[], module, root, found).max(1);
                    continue;
                }
            }
            TokenTree::Group(group) => walk(&group.stream().into_iter().collect::<Vec<_>>(), module, root, found),
            _ => {}
        }
        at += 1;
    }
}

/// Number of tokens of an item marked `#[cfg(test)]`, from its attribute to the end of its body or its semicolon.
fn test_item(tokens: &[TokenTree]) -> Option<usize> {
    let (Some(TokenTree::Punct(hash)), Some(TokenTree::Group(attribute))) = (tokens.first(), tokens.get(1)) else { return None };
    let marked = hash.as_char() == '#' && attribute.stream().to_string().replace(' ', "") == "cfg(test)";
    if !marked {
        return None;
    }
    let end = tokens.iter().skip(2).position(|t| match t {
        TokenTree::Group(g) => g.delimiter() == Delimiter::Brace,
        TokenTree::Punct(p) => p.as_char() == ';',
        _ => false,
    });
    Some(end.map_or(tokens.len(), |end| end + 3))
}

/// Whether the tokens begin with `::`.
fn is_path_sep(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(a), TokenTree::Punct(b), ..]
        if a.as_char() == ':' && a.spacing() == Spacing::Joint && b.as_char() == ':')
}

/// Whether the token at `at` is a later segment of a path (`a::self`).
fn follows_path(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_path_sep(tokens.get(at - 2..).unwrap_or_default())
}

/// Reads one path tree (`a::b`, `a::{b, c::*}`, `super::super::x`), resolves it against `module` and records what starts at
/// the root. Returns the tokens read.
fn expand(tokens: &[TokenTree], prefix: &[String], module: &[String], root: &str, found: &mut Vec<Reach>) -> usize {
    let mut path = prefix.to_vec();
    let mut at = 0;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => {
                path.push(name.to_string());
                at += 1;
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                path.push("*".into());
                at += 1;
                break;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inside.split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ',')) {
                    if !branch.is_empty() {
                        expand(branch, &path, module, root, found);
                    }
                }
                return at + 1;
            }
            _ => break,
        }
        if !is_path_sep(tokens.get(at..).unwrap_or_default()) {
            break;
        }
        at += 2;
    }
    found.extend(resolve(&path, module, root).map(|segments| Reach { segments }));
    at
}

/// The path from the crate root, or none for a path that starts elsewhere.
fn resolve(path: &[String], module: &[String], root: &str) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    if first == root {
        return Some(rest.to_vec());
    }
    if root != "crate" || (first != "super" && first != "self") {
        return None;
    }
    let climbs = path.iter().filter(|s| *s == "super").count();
    let tail = path.iter().filter(|s| *s != "super" && *s != "self").cloned();
    let base = module.get(..module.len().saturating_sub(climbs)).unwrap_or_default();
    Some(base.iter().cloned().chain(tail).collect())
}

/// Root items that belong to a module but are handed on by `lib.rs`.
const REEXPORTED: [(&str, &str); 2] = [("Error", "error"), ("Result", "error")];
/// Root items that belong to the root itself and are free to all.
const ROOT_ITEMS: [&str; 1] = ["VERSION"];

/// Holds one path against what its module is allowed; the reason if it is not.
fn judge(owner: &str, allowed: &Allowed, segments: &[String]) -> Result<(), String> {
    let written = segments.join("::");
    let Some(first) = segments.first().filter(|s| *s != "*" && *s != "self") else {
        return Err("takes the whole crate; name the modules it needs".into());
    };
    let target = REEXPORTED.iter().find(|(item, _)| item == first).map_or(first.as_str(), |(_, module)| module);
    if target == owner || allowed.modules.contains(target) || ROOT_ITEMS.contains(&target) {
        return Ok(());
    }
    if !allowed.types_of.contains(target) {
        return Err(format!("`{owner}` may not import `{written}`"));
    }
    let names_a_type = segments.iter().skip(1).any(|s| s.starts_with(|c: char| c.is_ascii_uppercase()));
    if names_a_type { Ok(()) } else { Err(format!("`{owner}` may name types of `{target}`, but `{written}` is none")) }
}

/// Where a file stands: its row in the table, its module path, and how it names the root.
fn place(relative: &Path) -> Option<(String, Vec<String>, &'static str)> {
    let text = relative.to_string_lossy().replace('\\', "/");
    if let Some(rest) = text.strip_prefix("bin/") {
        return Some((format!("bin/{}", rest.split(['/', '.']).next()?), Vec::new(), "plumbline"));
    }
    if text == "lib.rs" {
        return None;
    }
    let stem = text.strip_suffix("/mod.rs").or_else(|| text.strip_suffix(".rs"))?;
    let module: Vec<String> = stem.split('/').map(str::to_owned).collect();
    // Test modules in files of their own; that only tests are called so is checked where they are declared.
    if module.iter().skip(1).any(|name| name == "tests") {
        return None;
    }
    Some((module.first()?.clone(), module, "crate"))
}

/// Holds one file against the table; each offence says where and what.
fn check_file(relative: &Path, source: &str, table: &Table) -> Vec<String> {
    let Some((owner, module, root)) = place(relative) else { return Vec::new() };
    let offence = |problem: String| format!("src/{}: {problem}", relative.display());
    let Some(allowed) = table.get(&owner) else {
        return vec![offence(format!("`{owner}` has no row in the table of ARCHITECTURE.md"))];
    };
    let mut offences = match reaches(source, &module, root) {
        Ok(found) => found.iter().filter_map(|r| judge(&owner, allowed, &r.segments).err().map(offence)).collect(),
        Err(problem) => vec![offence(problem)],
    };
    if ships_tests(source) {
        offences.push(offence("`mod tests;` without #[cfg(test)]".into()));
    }
    offences
}

/// Whether a source declares a file of tests as shipped code, which would free it of the table.
fn ships_tests(source: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let declares = line.trim_start_matches("pub ") == "mod tests;";
        declares && at.checked_sub(1).and_then(|above| lines.get(above)) != Some(&"#[cfg(test)]")
    })
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn the_table() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    parse_table(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn no_module_imports_what_the_table_forbids() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = the_table();
    let files = rust_files(&src);
    assert!(files.len() > 20, "found only {} files in {}", files.len(), src.display());
    let offences: Vec<String> =
        files.iter().flat_map(|f| check_file(f.strip_prefix(&src).unwrap(), &fs::read_to_string(f).unwrap(), &table)).collect();
    assert!(offences.is_empty(), "imports against ARCHITECTURE.md:\n{}", offences.join("\n"));
}

#[test]
fn table_and_library_name_the_same_modules() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared: BTreeSet<String> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).map(str::to_owned).collect();
    let listed: BTreeSet<String> = the_table().into_keys().filter(|name| !name.starts_with("bin/")).collect();
    assert_eq!(declared, listed);
}

/// The checker itself, on snippets that are known to be good or bad.
mod checker {
    use super::*;

    const TABLE: &str = "\
text before
| module | input → output | may import |
| --- | --- | --- |
| error, units | a | std |
| audio | b | error, units |
| measure | c | units, audio |
| report | d | units; types of all above |
| jobs | e | all above |
| bin/plumb | f | jobs; types of all above |
after";

    fn problems(file: &str, source: &str) -> Vec<String> {
        check_file(Path::new(file), source, &parse_table(TABLE).unwrap())
    }

    #[test]
    fn allowed_imports_pass() {
        assert_eq!(problems("measure/mod.rs", "use crate::audio::Block; use crate::units::{Db, Hz};"), [""; 0]);
        assert_eq!(problems("measure/loudness.rs", "use crate::measure::x; use super::y; use self::z::w;"), [""; 0]);
        assert_eq!(problems("audio/source.rs", "use crate::Result; const V: &str = crate::VERSION;"), [""; 0]);
        assert_eq!(problems("jobs/mod.rs", "use crate::{audio, report::html,};"), [""; 0]);
    }

    #[test]
    fn a_plain_forbidden_import_is_named_with_its_file() {
        assert_eq!(
            problems("audio/block.rs", "\n\nuse crate::measure::Loudness;"),
            ["src/audio/block.rs: `audio` may not import `measure::Loudness`"]
        );
    }

    #[test]
    fn imports_inside_functions_and_macros_are_seen() {
        assert_eq!(problems("audio/mod.rs", "fn f() { use crate::jobs::run; }").len(), 1);
        assert_eq!(problems("audio/mod.rs", "fn f() -> f64 { crate::jobs::run() + 1.0 }").len(), 1);
        assert_eq!(problems("audio/mod.rs", r#"fn f() { println!("{}", crate::jobs::run()); }"#).len(), 1);
        assert_eq!(problems("audio/mod.rs", "macro_rules! m { () => { $crate::jobs::run() } }").len(), 1);
    }

    #[test]
    fn every_branch_of_nested_braces_is_seen() {
        let found = problems("audio/mod.rs", "use crate::{units::Db, measure::{self, levels::{a, b}}, jobs};");
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn climbing_with_super_is_resolved() {
        assert_eq!(problems("audio/block.rs", "use super::super::jobs::run;").len(), 1);
        assert_eq!(problems("audio/block.rs", "use super::{super::jobs, layout};").len(), 1);
        assert_eq!(problems("audio/a/b.rs", "use super::super::jobs::run;"), [""; 0], "that is audio::jobs");
        assert_eq!(problems("audio/block.rs", "mod inner { use super::super::super::jobs::run; }").len(), 1);
        assert_eq!(problems("units.rs", "use super::*;").len(), 1, "takes the whole crate");
    }

    #[test]
    fn taking_the_whole_crate_is_refused() {
        assert_eq!(problems("audio/mod.rs", "use crate::*;").len(), 1);
        assert_eq!(problems("audio/mod.rs", "use crate as everything;").len(), 1);
        assert_eq!(problems("audio/mod.rs", "use crate::{self as everything};").len(), 1);
        assert_eq!(problems("audio/mod.rs", "pub(crate) fn f() {}"), [""; 0]);
    }

    #[test]
    fn types_may_be_named_where_functions_may_not_be_called() {
        assert_eq!(problems("report/mod.rs", "use crate::measure::{Loudness, levels::Level}; use crate::units::number;"), [""; 0]);
        assert_eq!(problems("report/mod.rs", "use crate::measure::run;").len(), 1);
        assert_eq!(problems("report/mod.rs", "use crate::measure::levels::{self, Level};").len(), 1);
    }

    #[test]
    fn the_command_is_held_to_its_row() {
        assert_eq!(problems("bin/plumb/main.rs", "use plumbline::jobs::check; use plumbline::audio::Block; use crate::args;"), [""; 0]);
        assert_eq!(problems("bin/plumb/main.rs", "use plumbline::measure::run;").len(), 1);
        assert_eq!(problems("bin/plumb/args.rs", "use plumbline::*;").len(), 1);
    }

    #[test]
    fn tests_and_comments_are_free() {
        assert_eq!(problems("audio/mod.rs", "#[cfg(test)] mod tests { use crate::jobs::run; }"), [""; 0]);
        assert_eq!(problems("audio/mod.rs", "/// See [`crate::jobs`].\nfn f() {} // crate::jobs::x"), [""; 0]);
        assert_eq!(problems("audio/mod.rs", "#[cfg(test)] mod tests {} use crate::jobs::run;").len(), 1);
        assert_eq!(problems("audio/tests.rs", "use crate::jobs::run;"), [""; 0]);
        assert_eq!(problems("audio/mod.rs", "#[cfg(test)]\nmod tests;"), [""; 0]);
        assert_eq!(problems("audio/mod.rs", "mod tests;").len(), 1, "shipped code may not hide in a file called tests");
        assert_eq!(problems("audio/mod.rs", "#[cfg(feature = \"x\")] use crate::jobs::run;").len(), 1);
    }

    #[test]
    fn a_module_without_a_row_is_refused() {
        assert_eq!(problems("extra/mod.rs", "").len(), 1);
    }

    #[test]
    fn a_table_that_points_down_or_twice_is_refused() {
        let head = "| module | x | may import |\n| --- | --- | --- |\n";
        assert!(parse_table(&format!("{head}| a | x | b |\n| b | x | std |")).is_err());
        assert!(parse_table(&format!("{head}| a | x | std |\n| a | x | std |")).is_err());
        assert!(parse_table("no table").is_err());
    }
}
