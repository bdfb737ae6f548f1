# The commands that one uses; `just` lists them.

default:
    @just --list

# Publish the demo show to public/
demo:
    cargo run --release -- release

# All tests
test:
    cargo test

# What must pass before a change lands
ci:
    .ci/run

# Look at changed snapshots one by one
review:
    cargo insta review

# The pages of rules and keys, from the code
rules:
    cargo run --quiet -- explain --markdown > docs/rules.md
    cargo run --quiet -- explain --keys > docs/keys.md
