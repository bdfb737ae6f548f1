use std::time::{Duration, Instant};

use minijinja::context;

use super::{Arc, Here, Source, TemplateError, Templates};

fn rendered(text: &str) -> Result<String, TemplateError> {
    super::rendered(text, context! {})
}

#[test]
fn a_strangers_template_takes_no_more_than_it_may() {
    let doubling = "{% set x = 'a' %}".to_owned() + &"{% set x = x ~ x %}".repeat(60);
    let nested = "{% for a in range(9999) %}".repeat(3) + &"{% endfor %}".repeat(3);
    for (attack, reason) in [
        (r#"{{ "%99999999999d"|format(1) }}"#, "engine ran out of fuel"),
        ("{{ 'a'|indent(99999999999) }}", "engine ran out of fuel"),
        ("{{ ('a' * 99999999999)|length }}", "engine ran out of fuel"),
        (doubling.as_str(), "engine ran out of fuel"),
        (nested.as_str(), "engine ran out of fuel"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "invalid operation: recursion limit"),
        ("{% include '404.html' %}", "invalid operation: recursion limit"),
        ("{{ namespace(x=1) }}", "unknown function"),
    ] {
        let begun = Instant::now();
        let error = rendered(attack).unwrap_err();
        assert!(error.reason.starts_with(reason), "{attack}: {error}");
        assert_eq!(error.path, "theme/404.html");
        assert!(begun.elapsed() < Duration::from_secs(20), "{attack}");
    }
}

#[test]
fn a_compiler_is_given_nothing_that_ends_it() {
    let wrapped = |open: &str, times: usize| format!("\n{{{{ {}1 }}}}", open.repeat(times));
    let behind = |more: &str, times: usize| format!("\n{{{{ a{} }}}}", more.repeat(times));
    let elif =
        |times: usize| format!("\n{{% if a %}}{}{{% endif %}}", "\n{%- elif a %}".repeat(times));
    for attack in [
        wrapped("(", 200_000),
        wrapped("not ", 200_000),
        wrapped("-", 200_000),
        wrapped("[", 200_000),
        wrapped("{1: ", 200_000),
        wrapped("1 if 1 else ", 80_000),
        behind("~1", 200_000),
        behind("+1", 200_000),
        behind("|e", 200_000),
        behind(".b", 200_000),
        behind("[0]", 200_000),
        behind("()", 200_000),
        wrapped("\"}}\" ~", 100_000),
        wrapped("'\\'}}' ~", 100_000),
        elif(50_000),
        "{% if 1 %}".repeat(100_000),
        "{% call f() %}".repeat(50_000),
        "{{ 1 }}{% raw %}{{{% endraw %}{# {{ #}".repeat(20_000) + &wrapped("(", 200_000),
    ] {
        let begun = Instant::now();
        assert!(rendered(&attack).is_err(), "{}", &attack[..40]);
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", &attack[..40]);
    }
    // Within the limits, a compiler has the room that it needs.
    for fine in [behind("|e", 990), behind("~1", 990), wrapped("-", 1900), elif(100)] {
        let _ = rendered(&fine);
    }
    let error = rendered("\n\n{{ 1 +\n }}").unwrap_err();
    assert_eq!((error.path.as_str(), error.line), ("theme/404.html", 4));
}

#[test]
fn a_file_that_nothing_uses_is_told() {
    let file = |path: &str, text: &str| Source::new(format!("theme/{path}"), text);
    let files = [
        file("abuot.html", "<p>"),
        file("Style.css", ""),
        file("mine.html", "<p>"),
        file("about.html", "{% include \"mine.html\" %}"),
        file("nothing-like-it.html", ""),
    ];
    let templates = Templates::new(files, Arc::new(Here));
    let idle: Vec<_> = templates.idle().map(|(file, alike)| (&file.path[6..], alike)).collect();
    let expected = [
        ("Style.css", Some("style.css")),
        ("abuot.html", Some("about.html")),
        ("nothing-like-it.html", None),
    ];
    assert_eq!(idle, expected);
}

#[test]
fn a_block_that_fills_none_is_told() {
    let told = |files: &[(&str, &str)]| {
        let file = |(path, text): &(&str, &str)| Source::new(format!("theme/{path}"), *text);
        let templates = Templates::new(files.iter().map(file), Arc::new(Here));
        let lost = templates.lost();
        lost.iter()
            .map(|lost| format!("{} {}", lost.file.path, &lost.file.text[lost.span.clone()]))
            .collect::<Vec<_>>()
    };
    let base = r#"{% extends "base.html" %}"#;
    let child = |text: &str| format!("{base}{text}");
    for fine in [
        child("{% block content %}{% block mine %}{% endblock mine %}{% endblock %}"),
        child("{#{% block mine %}#}{% raw %}{% block mine %}{% endraw %}"),
        child("{%- block mine -%}{% endblock %}{% block bar %}{{ self.mine() }}{% endblock %}"),
        "{% extends page.kind %}{% block mine %}{% endblock %}".to_owned(),
        "{% extends 'nowhere.html' %}{% block mine %}{% endblock %}".to_owned(),
        "{% block mine %}{% endblock %}".to_owned(),
    ] {
        assert!(told(&[("episode.html", &fine)]).is_empty(), "{fine}");
    }
    let lost = child("{% block head %}{% endblock %}{%- block main %}{% endblock %}");
    assert_eq!(told(&[("episode.html", &lost)]), ["theme/episode.html {%- block main %}"]);
    // Through the host's own frame, and onair's pages in it.
    let page = "{% extends \"base.html\" %}{% block content %}{% endblock %}";
    let frame = "{% block main %}{% endblock %}{% block scripts %}{% endblock %}";
    assert_eq!(
        told(&[("base.html", frame), ("about.html", page)]),
        ["theme/about.html {% block content %}", "theme/base.html "]
    );
    // One that extends itself is the engine's to refuse.
    let itself = "{% extends 'a.html' %}{% block mine %}{% endblock %}";
    assert!(told(&[("a.html", itself)]).is_empty());
}
