#!/usr/bin/env bash
# Prints the Homebrew formula of a published version, from the checksums of its archives.
#
#     packaging/homebrew/formula.sh v0.1.0 OWNER/NAME SHA256SUMS > onair.rb
set -euo pipefail

version=${1:?the version, as in v0.1.0}
repository=${2:?the repository, as in OWNER/NAME}
sums=${3:?the file of checksums}

sum() {
    local name=onair-$version-$1.tar.gz
    awk -v name="$name" '$2 == name { print $1; found = 1 } END { exit !found }' "$sums" ||
        { echo "$sums has no $name" >&2; exit 1; }
}
block() {
    local digest
    digest=$(sum "$1")
    printf '      url "https://github.com/%s/releases/download/%s/onair-%s-%s.tar.gz"\n' \
        "$repository" "$version" "$version" "$1"
    printf '      sha256 "%s"\n' "$digest"
}
arm_mac=$(block aarch64-apple-darwin)
intel_mac=$(block x86_64-apple-darwin)
arm_linux=$(block aarch64-unknown-linux-gnu)
intel_linux=$(block x86_64-unknown-linux-gnu)

cat <<FORMULA
class Onair < Formula
  desc "Publish a podcast from a git repository: checked, tagged, uploaded, then in the feed"
  homepage "https://github.com/$repository"
  version "${version#v}"
  license "MIT"

  on_macos do
    on_arm do
$arm_mac
    end
    on_intel do
$intel_mac
    end
  end

  on_linux do
    on_arm do
$arm_linux
    end
    on_intel do
$intel_linux
    end
  end

  def install
    bin.install "onair"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/onair.bash" => "onair"
    zsh_completion.install "completions/_onair"
    fish_completion.install "completions/onair.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/onair --version")
    system bin/"onair", "init", "--title", "Test"
    assert_path_exists testpath/"onair.toml"
  end
end
FORMULA
