# SPDX-License-Identifier: Apache-2.0
# Bash completion for forewarn: asks the program itself, so that it knows every verb, option, feed and rule.
_forewarn() {
  local current=${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # Where nothing is known, file names are.
  if [ ${#COMPREPLY[@]} -eq 0 ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _forewarn forewarn
