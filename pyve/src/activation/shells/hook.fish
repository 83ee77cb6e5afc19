# pyve's prompt for fish. In ~/.config/fish/config.fish: pyve shell-hook fish | source
if not functions -q _pyve_fish_prompt
    functions -q fish_prompt
    and functions -c fish_prompt _pyve_fish_prompt
    or function _pyve_fish_prompt
        printf '%s> ' (prompt_pwd)
    end

    function _pyve_status
        return $argv[1]
    end

    function fish_prompt
        set -l pyve_status $status
        if test -n "$PYVE_PROMPT_PREFIX"
            printf '%s ' (string replace --all --regex '[[:cntrl:]]' '' -- "$PYVE_PROMPT_PREFIX" | string collect)
            _pyve_status $pyve_status
        end
        _pyve_fish_prompt
    end
end
