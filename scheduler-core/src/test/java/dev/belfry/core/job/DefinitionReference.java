package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The tables of the page "Definitions": one for each mapping of the format, made of the tables of keys. */
final class DefinitionReference {

    private final StringBuilder page = new StringBuilder();

    private DefinitionReference() {}

    static String markdown() {
        DefinitionReference reference = new DefinitionReference();
        Set<Form<?>> forms = new LinkedHashSet<>();
        collect(FileForm.FORM, forms);
        forms.forEach(reference::table);
        HandlerParameters.forms().forEach(reference::table);
        return reference.page.toString();
    }

    /** In the order of first mention, the outer before the inner. */
    private static void collect(Form<?> form, Set<Form<?>> forms) {
        List<Form<?>> inner = new ArrayList<>();
        if (forms.add(form)) {
            form.keys().forEach(key -> inner.addAll(key.shape().forms()));
            inner.forEach(each -> collect(each, forms));
        }
    }

    private void table(Form<?> form) {
        page.append("\n### ").append(form.name()).append("\n\n");
        page.append("| key | value | default | meaning |\n|---|---|---|---|\n");
        form.keys().forEach(this::row);
    }

    private void table(ParameterForm<?> form) {
        page.append("\n### parameters of ").append(form.handler()).append("\n\n");
        page.append("| parameter | value | default | meaning |\n|---|---|---|---|\n");
        form.keys().forEach(this::row);
        for (ParameterFamily family : form.families()) {
            page.append("| `").append(family.title()).append("` | ");
            page.append(cell(family.shape().words())).append(" |  | ");
            page.append(cell(family.meaning())).append(" |\n");
        }
    }

    private <V> void row(Key<?, V> key) {
        page.append("| `").append(key.name()).append("` | ").append(cell(value(key)));
        page.append(" | ").append(cell(fallback(key)));
        page.append(" | ").append(cell(key.meaning())).append(" |\n");
    }

    private static String value(Key<?, ?> key) {
        List<String> links = key.shape().forms().stream()
                .map(form -> "[" + form.name() + "](#" + form.name() + ")")
                .toList();
        if (links.isEmpty()) {
            return key.shape().words();
        }
        String words = key.shape().words().replaceAll("(, or )?a mapping with the keys [^|]*$", "");
        return words.isEmpty() ? String.join(", ", links) : words + "; " + String.join(", ", links);
    }

    private static <V> String fallback(Key<?, V> key) {
        V fallback = key.fallback();
        if (key.required()) {
            return "required";
        }
        if (fallback == null) {
            return "";
        }
        Object written = key.shape().write(fallback, false);
        String text = written instanceof String string ? string : JsonText.compact(written);
        return text.isEmpty() || text.equals("{}") || text.equals("[]") ? "" : "`" + text + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
