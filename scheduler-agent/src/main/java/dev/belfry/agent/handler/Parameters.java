package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import dev.belfry.core.job.DefinitionError;
import dev.belfry.core.job.IllegalDefinitionException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The parameters of an attempt as a built-in handler reads them: by the same rules as definitions are checked. */
final class Parameters {

    private Parameters() {}

    /**
     * What the parameters say.
     *
     * @throws IllegalArgumentException if they are not what the handler takes; on one line, everything that is wrong
     */
    static <R> R read(JobContext context, Function<Map<String, String>, R> form) {
        try {
            return form.apply(context.parameters());
        } catch (IllegalDefinitionException e) {
            // Definitions are checked before they are stored: this one is older than the rule that it breaks.
            String all = e.errors().stream().map(DefinitionError::render).collect(Collectors.joining("; "));
            throw new IllegalArgumentException("job " + context.job() + ": " + all, e);
        }
    }

    /** What this agent's owner does not allow, for whoever wrote the definition. */
    static IllegalArgumentException refusal(JobContext context, String parameter, IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "job " + context.job() + ": parameters." + parameter + ": " + cause.getMessage(), cause);
    }
}
