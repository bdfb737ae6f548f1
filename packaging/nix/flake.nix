{
  # nix run "github:onair-podcast/onair?dir=packaging/nix" -- check
  description = "Publish a podcast from a git repository";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      root = ../..;
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "onair";
          version = (builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"))).package.version;
          src = root;
          cargoLock.lockFile = root + "/Cargo.lock";
          nativeBuildInputs = [ pkgs.cmake pkgs.installShellFiles ];
          # cmake is a tool of a dependency's build, not of ours.
          dontUseCmakeConfigure = true;
          # The tests want a git checkout; they run in CI.
          doCheck = false;
          postInstall = ''
            $out/bin/onair man man
            installManPage man/*.1
            for shell in bash zsh fish; do
              $out/bin/onair completions $shell > onair.$shell
            done
            installShellCompletion --cmd onair --bash onair.bash --zsh onair.zsh --fish onair.fish
          '';
          meta = {
            description = "Publish a podcast from a git repository";
            homepage = "https://github.com/onair-podcast/onair";
            license = pkgs.lib.licenses.mit;
            mainProgram = "onair";
          };
        };
      });
      devShells = each (pkgs: {
        default = pkgs.mkShell {
          packages = [ pkgs.cargo pkgs.rustc pkgs.clippy pkgs.rustfmt pkgs.cmake ];
        };
      });
    };
}
