#!/usr/bin/env bash
# Writes the CI files of every forge with every source of the program: generated.sh TOOL FOLDER
#
# For zizmor, which reads workflows and not templates. tests/it/init/workflows.rs checks the same combinations.
set -euo pipefail
tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
sum=$(printf 'a%.0s' {1..64}) commit=$(printf 'b%.0s' {1..40})
sources=("" "--tool https://files.acme.example/mcp-static --sha256 $sum" "--tool github:acme/mcp-static@1.2.3 --sha256 $sum"
  "--tool /opt/mcp-static" "--tool cargo:1.2.3" "--tool cargo:https://git.acme.example/a/b.git@$commit" "--tool this")
for forge in github.com github.acme.example codeberg.org gitea.acme.example; do
  for profile in "--private" "--private --host github-pages" "--public"; do
    for i in "${!sources[@]}"; do
      if [ "${sources[$i]}" = "--tool this" ] && [ "$forge" != github.com ]; then continue; fi
      folder="$2/$forge${profile//[- ]/_}$i"
      git init --quiet -b main "$folder"
      cd "$folder"
      git remote add origin "https://$forge/acme/mcp"
      printf 'name = "mcp-static"\n' > Cargo.toml
      mkdir registry-data
      printf '[[mirror]]\nfrom = "official"\nservers = ["com.example/*"]\ntoken_env = "TOKEN"\n' > registry-data/registry.toml
      # shellcheck disable=SC2086 # these are words
      "$tool" init --yes --quiet --requests $profile ${sources[$i]}
      cd "$OLDPWD"
      # zizmor looks for workflows in one folder only.
      for other in .forgejo .gitea; do
        if [ -d "$folder/$other" ]; then mv "$folder/$other" "$folder/.github"; fi
      done
    done
  done
done
