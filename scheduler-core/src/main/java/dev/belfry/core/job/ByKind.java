package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value that may be written in two ways, told apart by what it is: a short one for the common case, and a full one.
 */
final class ByKind<V> implements Shape<V> {

    private final Class<? extends Node> briefKind;
    private final Shape<V> brief;
    private final Class<? extends Node> fullKind;
    private final Shape<V> full;
    private final Predicate<V> isBrief;

    /**
     * @param briefKind the kind of node that {@code brief} reads
     * @param fullKind the kind of node that {@code full} reads; looked at first
     * @param isBrief whether a value is written in the short way
     */
    ByKind(
            Class<? extends Node> briefKind,
            Shape<V> brief,
            Class<? extends Node> fullKind,
            Shape<V> full,
            Predicate<V> isBrief) {
        this.briefKind = briefKind;
        this.brief = brief;
        this.fullKind = fullKind;
        this.full = full;
        this.isBrief = isBrief;
    }

    @Override
    public @Nullable V read(Node node, String path, Reading reading) {
        boolean empty = node instanceof Node.Scalar scalar && scalar.type() == Node.Type.NULL;
        if (fullKind.isInstance(node)) {
            return full.read(node, path, reading);
        }
        if (briefKind.isInstance(node) && !empty) {
            return brief.read(node, path, reading);
        }
        Shape.refuseKind(node, path, reading, words());
        return null;
    }

    @Override
    public Object write(V value, boolean defaults) {
        return isBrief.test(value) ? brief.write(value, defaults) : full.write(value, defaults);
    }

    @Override
    public String words() {
        return brief.words() + ", or " + full.words();
    }

    @Override
    public List<Form<?>> forms() {
        List<Form<?>> forms = new ArrayList<>(brief.forms());
        full.forms().stream().filter(form -> !forms.contains(form)).forEach(forms::add);
        return forms;
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        return Map.of("anyOf", List.of(brief.schema(parts), full.schema(parts)));
    }
}
