package dev.belfry.core.job;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A shape whose values are converted after reading and back before writing. */
final class Mapped<A, B> implements Shape<B> {

    private final Shape<A> shape;
    private final Function<A, B> to;
    private final Function<B, A> from;

    Mapped(Shape<A> shape, Function<A, B> to, Function<B, A> from) {
        this.shape = shape;
        this.to = to;
        this.from = from;
    }

    /** A single value where a list is wanted. */
    static <V> Shape<List<V>> single(Shape<V> shape) {
        return new Mapped<>(shape, List::of, list -> list.get(0));
    }

    /** One value, or a list of up to {@code most}; a list of one is written as the value itself. */
    static <V> Shape<List<V>> oneOrMany(Shape<V> shape, String words, int most) {
        return new ByKind<>(
                Node.class,
                single(shape),
                Node.Sequence.class,
                ListShape.of(shape, words, most),
                list -> list.size() == 1);
    }

    @Override
    public @Nullable B read(Node node, String path, Reading reading) {
        A read = shape.read(node, path, reading);
        return read == null ? null : to.apply(read);
    }

    @Override
    public Object write(B value, boolean defaults) {
        return shape.write(from.apply(value), defaults);
    }

    @Override
    public String words() {
        return shape.words();
    }

    @Override
    public List<Form<?>> forms() {
        return shape.forms();
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        return shape.schema(parts);
    }
}
