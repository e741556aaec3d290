package dev.belfry.core.job;

import java.util.List;

/**
 * The stored form of a definition: the format's own JSON of one job, in a fixed order, without what equals its default. Equal
 * definitions have equal text. Pure functions.
 */
public final class DefinitionJson {

    private DefinitionJson() {}

    /** The canonical text, on one line. */
    public static String encode(JobDefinition job) {
        return JsonText.compact(JobForm.FORM.write(job, false));
    }

    /**
     * Reads what {@link #encode} wrote, or any other JSON of a job in the format, under all its rules but those for the
     * parameters of built-in handlers.
     *
     * @throws IllegalDefinitionException if it is no valid definition, with everything that is wrong
     */
    public static JobDefinition decode(String json) {
        Reading reading = Reading.ofStored();
        Node root = NodeReader.read(json, true, reading);
        JobDefinition job = root == null ? null : JobForm.FORM.read(root, "", reading);
        if (job == null) {
            List<DefinitionError> errors = reading.errors();
            throw new IllegalDefinitionException("the stored definition", errors);
        }
        return job;
    }
}
