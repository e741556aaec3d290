/**
 * Values that pass between runs: outputs, places within them, comparisons, and texts of parameters that refer to outputs and to
 * business dates. Pure functions; nothing here is a script.
 */
@NullMarked
package dev.belfry.core.value;

import org.jspecify.annotations.NullMarked;
