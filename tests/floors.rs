//! The map in ARCHITECTURE.md is true: no room knows of one above it, and no file imports one that
//! imports it, directly or round a corner.
//!
//! What a file imports is read from its syntax: `use` trees and paths that start with `crate`, `super`
//! or `self`, groups and renamed imports too. A name that a `mod.rs` only passes on counts for the file
//! that it comes from. Code under `#[cfg(test)]` may name what it likes. The files of a folder may name
//! what its own `mod.rs` defines, as its vocabulary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, Lit, Meta, MetaNameValue, UseTree, Visibility};

/// A module's path below `crate`: `["store", "s3", "put"]`.
type Module = Vec<String>;

/// The product's modules, without tests.
struct House {
    files: BTreeMap<Module, PathBuf>,
    /// What a module passes on: the name, and the whole path that it stands for.
    passed_on: BTreeMap<Module, Vec<(String, Vec<String>)>>,
    /// The paths that a module names, from `crate` on.
    named: BTreeMap<Module, BTreeSet<Vec<String>>>,
}

impl House {
    fn read() -> Self {
        let mut house =
            Self { files: BTreeMap::new(), passed_on: BTreeMap::new(), named: BTreeMap::new() };
        house.walk(Path::new("src"), &Vec::new());
        let modules: Vec<Module> = house.files.keys().cloned().collect();
        for module in modules {
            let text = fs::read_to_string(&house.files[&module]).unwrap();
            let file = syn::parse_file(&text).unwrap();
            let mut reader = Reader { module: module.clone(), ..Reader::default() };
            reader.visit_file(&file);
            house.passed_on.insert(module.clone(), reader.passed_on);
            house.named.insert(module, reader.named);
        }
        house
    }

    fn walk(&mut self, folder: &Path, module: &Module) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let child = [module.clone(), vec![name.clone()]].concat();
            if path.is_dir() {
                self.walk(&path, &child);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                match name.as_str() {
                    // Tests, and builders of files for tests.
                    "tests" | "testing" | "main" | "lib" => {}
                    "mod" => drop(self.files.insert(module.clone(), path)),
                    _ => drop(self.files.insert(child, path)),
                }
            }
        }
    }

    /// The module that defines what `path` names.
    fn home(&self, path: &[String], depth: usize) -> Option<Module> {
        let length = (1..=path.len()).rev().find(|&end| self.files.contains_key(&path[..end]))?;
        let module = path[..length].to_vec();
        let Some(name) = path.get(length).filter(|_| depth < 8) else { return Some(module) };
        let passed_on = &self.passed_on[&module];
        match passed_on.iter().find(|(as_name, _)| as_name == name) {
            Some((_, whole)) => {
                let whole = [whole.as_slice(), &path[length + 1..]].concat();
                self.home(&whole, depth + 1).or(Some(module))
            }
            None => Some(module),
        }
    }

    /// Which module imports which.
    fn edges(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let imports = |module: &Module, named: &BTreeSet<Vec<String>>| {
            let homes = named.iter().filter_map(|path| self.home(path, 0));
            homes.filter(|home| home != module).collect()
        };
        self.named.iter().map(|(module, named)| (module, imports(module, named))).collect()
    }
}

/// Reads what one file names.
#[derive(Default)]
struct Reader {
    module: Module,
    passed_on: Vec<(String, Vec<String>)>,
    named: BTreeSet<Vec<String>>,
}

/// Whether nothing but tests is built with what these attributes stand on.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let mut conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.any(|attribute| attribute.parse_args().is_ok_and(|it| holds_in_tests_alone(&it)))
}

fn holds_in_tests_alone(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(value), .. }) => {
            let testing = matches!(&value.lit, Lit::Str(word) if word.value() == "testing");
            testing && path.is_ident("feature")
        }
        Meta::NameValue(_) => false,
        Meta::List(list) => {
            let parts = Punctuated::<Meta, syn::Token![,]>::parse_terminated;
            let parts = list.parse_args_with(parts).unwrap();
            match list.path.is_ident("any") {
                true => parts.iter().all(holds_in_tests_alone),
                false => list.path.is_ident("all") && parts.iter().any(holds_in_tests_alone),
            }
        }
    }
}

impl Reader {
    /// The path from `crate` on; nothing if it leads out of this crate.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = self.module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
                return Some([base.as_slice(), rest].concat());
            }
            _ => return None,
        }
        Some([base.as_slice(), &rest[1..]].concat())
    }

    fn flatten(tree: &UseTree, prefix: &[String], all: &mut Vec<(String, Vec<String>)>) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => Self::flatten(&path.tree, &with(&path.ident), all),
            UseTree::Name(name) if name.ident == "self" => {
                all.push((prefix.last().cloned().unwrap_or_default(), prefix.to_vec()));
            }
            UseTree::Name(name) => all.push((name.ident.to_string(), with(&name.ident))),
            UseTree::Rename(name) if name.ident == "self" => {
                all.push((name.rename.to_string(), prefix.to_vec()));
            }
            UseTree::Rename(name) => all.push((name.rename.to_string(), with(&name.ident))),
            UseTree::Glob(_) => all.push(("*".to_owned(), prefix.to_vec())),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| Self::flatten(tree, prefix, all));
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(it) => &it.attrs,
            Item::Fn(it) => &it.attrs,
            Item::Impl(it) => &it.attrs,
            Item::Use(it) => &it.attrs,
            Item::Struct(it) => &it.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut all = Vec::new();
        Self::flatten(&item.tree, &[], &mut all);
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        for (name, path) in all {
            // `use child::Name` in a mod.rs starts with no keyword.
            let path = self.absolute(&path).unwrap_or_else(|| [self.module.clone(), path].concat());
            match passes_on {
                true => self.passed_on.push((name, path)),
                false => drop(self.named.insert(path)),
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|it| it.ident.to_string()).collect();
        if parts.len() > 1
            && let Some(path) = self.absolute(&parts)
        {
            self.named.insert(path);
        }
        visit::visit_path(self, path);
    }
}

#[test]
fn only_what_nobody_gets_is_for_tests() {
    let verdict = |cfg: &str| {
        let item: syn::ItemFn = syn::parse_str(&format!("#[cfg({cfg})] fn f() {{}}")).unwrap();
        is_for_tests(&item.attrs)
    };
    let product = ["unix", "not(test)", "any(target_os = \"linux\", unix)", "any(test, unix)"];
    assert_eq!(product.map(verdict), [false; 4]);
    let tests =
        ["test", "feature = \"testing\"", "any(test, feature = \"testing\")", "all(test, unix)"];
    assert_eq!(tests.map(verdict), [true; 4]);
}

/// What each room may name besides itself, as ARCHITECTURE.md has it.
fn map() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string("ARCHITECTURE.md").unwrap();
    let quoted = |cell: &str| -> Vec<String> {
        cell.split('`').skip(1).step_by(2).map(|it| it.trim_end_matches('/').to_owned()).collect()
    };
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let rooms = rows.filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [room, _, knows] = cells.as_slice() else { return None };
        Some((quoted(room).pop()?, quoted(knows).into_iter().collect()))
    });
    rooms.collect()
}

#[test]
fn lower_rooms_know_nothing_of_higher_ones() {
    let (house, map) = (House::read(), map());
    let rooms: BTreeSet<&String> = house.files.keys().filter_map(|module| module.first()).collect();
    assert_eq!(rooms, map.keys().collect(), "the rooms of src/ are those of the map");
    let mut seen = 0;
    for (module, imports) in house.edges() {
        for import in imports {
            let (Some(room), Some(other)) = (module.first(), import.first()) else { continue };
            seen += 1;
            let allowed = room == other || map[room].contains(other);
            assert!(
                allowed,
                "{} names crate::{}",
                house.files[module].display(),
                import.join("::")
            );
        }
    }
    assert!(seen > 300, "only {seen} imports were seen");
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let house = House::read();
    let edges = house.edges();
    // Modules that nothing left over imports go first; what remains stands in circles.
    let is_vocabulary = |module: &Module, import: &Module| module.starts_with(import);
    let mut left: BTreeMap<&Module, BTreeSet<&Module>> = edges
        .iter()
        .map(|(module, imports)| {
            (*module, imports.iter().filter(|import| !is_vocabulary(module, import)).collect())
        })
        .collect();
    loop {
        let free: BTreeSet<Module> = left
            .iter()
            .filter(|(_, imports)| imports.iter().all(|import| !left.contains_key(import)))
            .map(|(module, _)| (*module).clone())
            .collect();
        if free.is_empty() {
            break;
        }
        left.retain(|module, _| !free.contains(*module));
    }
    let circles: Vec<String> = left
        .iter()
        .map(|(module, imports)| {
            let within = imports.iter().filter(|import| left.contains_key(*import));
            let within: Vec<String> = within.map(|import| import.join("::")).collect();
            format!("{} -> {}", module.join("::"), within.join(", "))
        })
        .collect();
    assert!(circles.is_empty(), "in circles, or above one:\n{}", circles.join("\n"));
}
