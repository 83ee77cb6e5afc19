# Projects are entered and left with the directory. Nothing is started as long as neither that changes nor the one file that
# pyve named last; what direnv loads counts as a change of directory.
_pyve_auto() {
  local pyve_status=$?
  if [[ $PWD:${DIRENV_FILE-} != "${_pyve_seen-}" || ${_pyve_watched-} -nt ${_pyve_since-} ]]; then
    local pyve_code
    _pyve_seen=$PWD:${DIRENV_FILE-}
    if pyve_code="$(command pyve activate --shell bash --auto "${_pyve_memory-}")" && [[ $pyve_code == '# pyve'* ]]; then
      eval "$pyve_code"
    fi
  fi
  return "$pyve_status"
}
case "${PROMPT_COMMAND[*]-}" in
  *_pyve_auto*) ;;
  *)
    if [[ "$(declare -p PROMPT_COMMAND 2>/dev/null)" == "declare -a"* ]]; then
      PROMPT_COMMAND+=(_pyve_auto)
    else
      PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND
}_pyve_auto"
    fi
    ;;
esac
