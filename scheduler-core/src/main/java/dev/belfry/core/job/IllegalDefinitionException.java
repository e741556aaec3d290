package dev.belfry.core.job;

import java.util.List;
import java.util.stream.Collectors;

/** A definition that is refused. The message lists everything that is wrong with it, one error a line. */
public final class IllegalDefinitionException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient List<DefinitionError> errors;

    /**
     * @param what what was refused, such as {@code job "index"}
     * @param errors what is wrong, at least one
     */
    IllegalDefinitionException(String what, List<DefinitionError> errors) {
        super(errors.stream()
                .map(error -> "  " + error.render())
                .collect(Collectors.joining("\n", what + " is refused:\n", "")));
        this.errors = List.copyOf(errors);
    }

    /** Everything that is wrong, in the order of the text; at least one. */
    public List<DefinitionError> errors() {
        return errors;
    }
}
