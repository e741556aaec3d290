package dev.belfry.console.cli;

import dev.belfry.core.job.NearestKey;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads one of a few words, in capitals or not; the error lists them as they are written. */
final class WordReading<E extends Enum<E>> implements ITypeConverter<E> {
    private final Class<E> words;

    WordReading(Class<E> words) {
        this.words = words;
    }

    @Override
    public E convert(String text) {
        List<E> known = List.of(words.getEnumConstants());
        return known.stream()
                .filter(word -> word.toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("expected one of " + known + ", but was '" + text + "'"
                        + NearestKey.to(text, known.stream().map(E::toString).toList())
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse("")));
    }
}
