# pyve's hook for bash. In ~/.bashrc: eval "$(pyve shell-hook bash)"
#
# activate and deactivate print code, which is evaluated here; all else is the program's.
function pyve {
  local __pyve_at=1 __pyve_code
  while [[ $__pyve_at -le $# ]]; do
    case "${@:__pyve_at:1}" in
      -C | --color) __pyve_at=$((__pyve_at + 2)) ;;
      -*) __pyve_at=$((__pyve_at + 1)) ;;
      activate | deactivate)
        # An environment is left even where the directory is gone.
        if [[ "${@:__pyve_at:1}" == deactivate ]]; then
          set -- -C / "$@"
          __pyve_at=$((__pyve_at + 2))
        fi
        __pyve_code="$(command pyve "${@:1:__pyve_at}" --shell bash "${@:__pyve_at + 1}")" || return
        case "$__pyve_code" in
          '# pyve'*) eval "$__pyve_code" ;;
          *) printf '%s\n' "$__pyve_code" ;;
        esac
        return
        ;;
      *) break ;;
    esac
  done
  # It may have changed what becomes of the shell in its directory.
  _pyve_seen=
  command pyve "$@"
}
# The prompt names the variable, and bash does not expand a value again: whatever is in it is text.
_pyve_part='${PYVE_PROMPT_PREFIX:+${PYVE_PROMPT_PREFIX//[[:cntrl:]]/} }'
_pyve_prompt() {
  local pyve_status=$?
  # As a rule there is nothing to do, which costs one comparison.
  if [[ "${PS1-}" != *"$_pyve_part"* ]]; then
    if [[ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" && -n "${PS1+set}" ]] && shopt -q promptvars; then
      PS1="$_pyve_part$PS1"
    fi
  elif [[ -n "${VIRTUAL_ENV_DISABLE_PROMPT-}" ]]; then
    PS1="${PS1//"$_pyve_part"/}"
  fi
  return "$pyve_status"
}
_pyve_prompt
# A theme may rebuild the prompt each time, so it is looked at again after whatever else runs.
case "${PROMPT_COMMAND[*]-}" in
  *_pyve_prompt*) ;;
  *)
    if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
      PROMPT_COMMAND+=(_pyve_prompt)
    else
      PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND
}_pyve_prompt"
    fi
    ;;
esac
