/**
 * The proof that every due fire has exactly one outcome. What was due is computed here a second time, from the text of the
 * stored definitions and by going through local dates one after another, so that an error of the engine that fires cannot hide
 * itself.
 */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.proof;
